package dev.sluice.http;

import dev.sluice.config.BackendConfig;
import dev.sluice.http.handler.ApiRequest;
import dev.sluice.http.handler.JsonResponse;
import dev.sluice.http.handler.OperationHandler;
import dev.sluice.http.problem.ProblemHandler;
import dev.sluice.http.security.CallerAuthenticator;
import dev.sluice.http.security.LoopbackOnlyHandler;
import dev.sluice.http.security.PathValidator;
import dev.sluice.http.security.RateLimitHandler;
import dev.sluice.http.security.RequestBodyHandler;
import dev.sluice.http.stream.RequestBodyDrain;
import dev.sluice.http.stream.StreamingHandler;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.User;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.CorsHandler;
import io.vertx.ext.web.openapi.router.OpenAPIRoute;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.validation.RequestUtils;
import io.vertx.openapi.validation.ValidatableRequest;
import io.vertx.openapi.validation.ValidatedRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes the router out of the contract: each operation of it has an answer here, and nothing else has. A request is looked at in
 * this order: how often, which path, from which origin, how large, from whom, whether its schema allows it.
 */
final class ApiRouter {
    private static final Set<HttpMethod> METHODS =
            Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.POST, HttpMethod.PATCH, HttpMethod.DELETE);
    private static final List<String> HEADERS = List.of(
            "Authorization",
            "Content-Type",
            "Last-Event-ID",
            "Tus-Resumable",
            "Upload-Length",
            "Upload-Offset",
            "Upload-Metadata",
            "Upload-Checksum");
    private static final List<String> EXPOSED_HEADERS = List.of(
            "Location",
            "Tus-Resumable",
            "Upload-Length",
            "Upload-Offset",
            "Upload-Expires",
            "Sluice-Job-Id",
            "Sluice-Media-Id");
    private static final int FIRST_ERROR = 400;
    private static final int LAST_ERROR = 599;

    private final Vertx vertx;
    private final BackendConfig config;
    private final CallerAuthenticator callers;
    private final ProblemHandler problems = new ProblemHandler();

    ApiRouter(Vertx vertx, BackendConfig config) {
        this.vertx = vertx;
        this.config = config;
        this.callers = new CallerAuthenticator(vertx, config);
    }

    /** Throws {@link IllegalStateException} if contract and answers differ. */
    Router build(OpenAPIContract contract, OperationRegistry registry) {
        RouterBuilder builder = RouterBuilder.create(
                vertx,
                contract,
                (request, operation) ->
                        extract(request, operation, registry.streaming().containsKey(operation.getOperationId())));
        requireAllOperationsImplemented(builder, registry.operations());
        addGuards(
                builder,
                new RequestBodyHandler(
                        contract, registry.streaming().keySet(), config.limits().maxBodyBytes()));
        callers.handler().ifPresent(handler -> builder.security("bearer").httpHandler(handler));
        for (OpenAPIRoute route : builder.getRoutes()) {
            String id = route.getOperation().getOperationId();
            StreamingHandler streaming = registry.streaming().get(id);
            if (streaming == null) {
                OperationHandler operation =
                        Objects.requireNonNull(registry.buffered().get(id));
                route.setDoSecurity(callers.handler().isPresent());
                route.addHandler(request -> answer(request, operation));
            } else {
                boolean asks = route.getOperation().getOpenAPIModel().getBoolean(OpenApiDocument.REQUIRES_AUTH, true);
                route.addHandler(request -> answer(request, streaming, asks));
            }
        }
        Router router = builder.createRouter();
        for (int status = FIRST_ERROR; status <= LAST_ERROR; status++) {
            int known = status;
            router.errorHandler(known, request -> problems.handle(request, known));
        }
        return router;
    }

    private static Future<ValidatableRequest> extract(
            RoutingContext request, io.vertx.openapi.contract.Operation operation, boolean streamed) {
        return RequestUtils.extract(
                request.request(),
                operation,
                () -> Future.succeededFuture(
                        streamed ? Buffer.buffer() : request.body().buffer()));
    }

    private static void requireAllOperationsImplemented(RouterBuilder builder, Set<String> operations) {
        Set<String> contract = new HashSet<>();
        builder.getRoutes().forEach(route -> contract.add(route.getOperation().getOperationId()));
        if (!contract.equals(operations)) {
            throw new IllegalStateException("the contract has the operations " + new TreeSet<>(contract)
                    + ", there are " + new TreeSet<>(operations));
        }
    }

    private void addGuards(RouterBuilder builder, RequestBodyHandler bodies) {
        builder.rootHandler(new RateLimitHandler(config.limits().perSecond(), System::nanoTime));
        builder.rootHandler(new PathValidator());
        if (!config.corsOrigins().isEmpty()) {
            builder.rootHandler(CorsHandler.create()
                    .addOrigins(new ArrayList<>(config.corsOrigins()))
                    .allowedMethods(METHODS)
                    .allowedHeaders(new HashSet<>(HEADERS))
                    .exposedHeaders(new HashSet<>(EXPOSED_HEADERS)));
        }
        if (config.auth() == BackendConfig.Auth.NONE) {
            builder.rootHandler(new LoopbackOnlyHandler(config.corsOrigins()));
        }
        builder.rootHandler(bodies);
    }

    private void answer(RoutingContext request, OperationHandler operation) {
        ValidatedRequest validated = request.get(RouterBuilder.KEY_META_DATA_VALIDATED_REQUEST);
        Future.succeededFuture(new ApiRequest(callers.callerFor(request.user()), validated))
                .compose(operation::handle)
                .onSuccess(answer -> send(request, answer))
                .onFailure(request::fail);
    }

    private void answer(RoutingContext request, StreamingHandler streaming, boolean asks) {
        ValidatedRequest validated = request.get(RouterBuilder.KEY_META_DATA_VALIDATED_REQUEST);
        Future<Optional<User>> asked =
                asks ? callers.authenticate(request.request()) : Future.succeededFuture(Optional.empty());
        asked.compose(user -> streaming.handle(
                        new ApiRequest(callers.callerFor(user.orElse(null)), validated, ApiRequest.tokenExpiry(user)),
                        request.request()))
                .onFailure(cause -> RequestBodyDrain.drain(request.request()).onComplete(read -> request.fail(cause)));
    }

    private static void send(RoutingContext request, JsonObject answer) {
        if (!request.response().ended() && !request.response().closed()) {
            var unused = JsonResponse.send(request.response(), answer);
        }
    }
}
