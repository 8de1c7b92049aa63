package dev.sluice.http;

import dev.sluice.backend.Caller;
import dev.sluice.config.BackendConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.User;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.CorsHandler;
import io.vertx.ext.web.handler.JWTAuthHandler;
import io.vertx.ext.web.openapi.router.OpenAPIRoute;
import io.vertx.ext.web.openapi.router.RequestExtractor;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.validation.ValidatedRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes the router out of the contract: each operation of it has an answer here, and nothing else has. A request is looked at in
 * this order: how often, which path, from which origin, how large, from whom, whether its schema allows it.
 */
final class ApiRouter {
    private static final Set<HttpMethod> METHODS = Set.of(HttpMethod.GET, HttpMethod.POST, HttpMethod.DELETE);
    private static final Caller ANYBODY = new Caller("local", true);
    private static final int FIRST_ERROR = 400;
    private static final int LAST_ERROR = 599;

    private final Vertx vertx;
    private final BackendConfig config;
    private final ProblemHandler problems = new ProblemHandler();

    ApiRouter(Vertx vertx, BackendConfig config) {
        this.vertx = vertx;
        this.config = config;
    }

    /** Throws {@link IllegalStateException} if contract and operations differ. */
    Router build(OpenAPIContract contract, Map<String, Operation> operations) {
        RouterBuilder builder = RouterBuilder.create(vertx, contract, RequestExtractor.withBodyHandler());
        requireSame(builder, operations.keySet());
        guard(builder);
        if (config.auth() == BackendConfig.Auth.JWT) {
            builder.security("bearer").httpHandler(JWTAuthHandler.create(new BearerTokens(vertx, config.tokens())));
        }
        for (OpenAPIRoute route : builder.getRoutes()) {
            Operation operation =
                    Objects.requireNonNull(operations.get(route.getOperation().getOperationId()));
            route.setDoSecurity(config.auth() == BackendConfig.Auth.JWT);
            route.addHandler(request -> answer(request, operation));
        }
        Router router = builder.createRouter();
        for (int status = FIRST_ERROR; status <= LAST_ERROR; status++) {
            int known = status;
            router.errorHandler(known, request -> problems.handle(request, known));
        }
        return router;
    }

    private static void requireSame(RouterBuilder builder, Set<String> operations) {
        Set<String> contract = new HashSet<>();
        builder.getRoutes().forEach(route -> contract.add(route.getOperation().getOperationId()));
        if (!contract.equals(operations)) {
            throw new IllegalStateException("the contract has the operations " + new TreeSet<>(contract)
                    + ", there are " + new TreeSet<>(operations));
        }
    }

    private void guard(RouterBuilder builder) {
        builder.rootHandler(new RateLimit(config.requestsPerSecond(), System::nanoTime));
        builder.rootHandler(new PathGuard());
        if (!config.corsOrigins().isEmpty()) {
            builder.rootHandler(CorsHandler.create()
                    .addOrigins(new ArrayList<>(config.corsOrigins()))
                    .allowedMethods(METHODS)
                    .allowedHeaders(new HashSet<>(List.of("Authorization", "Content-Type"))));
        }
        if (config.auth() == BackendConfig.Auth.NONE) {
            builder.rootHandler(new LoopbackGuard(config.corsOrigins()));
        }
        builder.rootHandler(BodyHandler.create(false).setBodyLimit(config.maxBodyBytes()));
    }

    private void answer(RoutingContext request, Operation operation) {
        ValidatedRequest validated = request.get(RouterBuilder.KEY_META_DATA_VALIDATED_REQUEST);
        Future.succeededFuture(new Call(caller(request), validated))
                .compose(operation::answer)
                .onSuccess(answer -> send(request, answer))
                .onFailure(request::fail);
    }

    private Caller caller(RoutingContext request) {
        User user = request.user();
        if (config.auth() == BackendConfig.Auth.NONE) {
            return ANYBODY;
        }
        return user == null
                ? new Caller("", false)
                : new Caller(
                        user.subject(),
                        Boolean.TRUE.equals(user.<Object>get(config.tokens().adminClaim())));
    }

    private static void send(RoutingContext request, JsonObject answer) {
        if (!request.response().ended() && !request.response().closed()) {
            var unused = request.response()
                    .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                    .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                    .putHeader("X-Content-Type-Options", "nosniff")
                    .end(answer.toBuffer());
        }
    }
}
