package dev.sluice.http;

import dev.sluice.backend.job.Caller;
import dev.sluice.config.BackendConfig;
import dev.sluice.http.handler.ApiRequest;
import dev.sluice.http.handler.JsonResponse;
import dev.sluice.http.handler.OperationHandler;
import dev.sluice.http.problem.ProblemCode;
import dev.sluice.http.problem.ProblemHandler;
import dev.sluice.http.security.CallerAuthenticator;
import dev.sluice.http.security.ConnectionLimiter;
import dev.sluice.http.security.FramingHandler;
import dev.sluice.http.security.LoopbackOnlyHandler;
import dev.sluice.http.security.MethodOverrideHandler;
import dev.sluice.http.security.OriginHandler;
import dev.sluice.http.security.PathValidator;
import dev.sluice.http.security.RateLimitHandler;
import dev.sluice.http.security.RequestAdmissionHandler;
import dev.sluice.http.security.RequestTarget;
import dev.sluice.http.stream.StreamingHandler;
import dev.sluice.http.stream.TusUploadHandler;
import dev.sluice.persistence.ticket.EventTicket;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.User;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.CorsHandler;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.ext.web.openapi.router.OpenAPIRoute;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.validation.RequestParameter;
import io.vertx.openapi.validation.RequestUtils;
import io.vertx.openapi.validation.ValidatableRequest;
import io.vertx.openapi.validation.ValidatedRequest;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Builds the router from the OpenAPI document; each of its operations has exactly one handler. A request is checked in this
 * order: framing, rate limit, path, origin, authentication, body, schema.
 */
final class ApiRouter {
    private static final Set<HttpMethod> METHODS =
            Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.POST, HttpMethod.PATCH, HttpMethod.DELETE);
    private static final List<String> ALLOWED_HEADERS = List.of(
            "Authorization",
            "Content-Type",
            "Last-Event-ID",
            MethodOverrideHandler.HEADER,
            "Tus-Resumable",
            "Upload-Length",
            "Upload-Offset",
            "Upload-Metadata",
            "Upload-Checksum");
    private static final List<String> EXPOSED_HEADERS = List.of(
            "Location",
            "Tus-Resumable",
            "Tus-Version",
            "Tus-Extension",
            "Tus-Max-Size",
            "Tus-Checksum-Algorithm",
            "Upload-Length",
            "Upload-Offset",
            "Upload-Metadata",
            "Upload-Expires",
            "Sluice-Job-Id",
            "Sluice-Media-Id");
    private static final int FIRST_ERROR = 400;
    private static final int LAST_ERROR = 599;

    private final Vertx vertx;
    private final BackendConfig config;
    private final Function<String, Future<Optional<EventTicket>>> tickets;
    private final ConnectionLimiter connections;
    private final CallerAuthenticator authenticator;
    private final ProblemHandler problems = new ProblemHandler();

    /** @param tickets redeems tickets for event streams */
    ApiRouter(Vertx vertx, BackendConfig config, Function<String, Future<Optional<EventTicket>>> tickets) {
        this.vertx = vertx;
        this.config = config;
        this.tickets = tickets;
        this.connections = new ConnectionLimiter(
                vertx, config.limits().connections(), config.limits().timeout());
        this.authenticator = new CallerAuthenticator(vertx, config);
    }

    /** Admits or closes the connections of the server that uses the router. */
    ConnectionLimiter connections() {
        return connections;
    }

    /** @throws IllegalStateException if the operations of the contract and the registry differ */
    Router build(OpenAPIContract contract, OperationRegistry registry) {
        RouterBuilder builder = RouterBuilder.create(vertx, contract, ApiRouter::extract);
        requireAllOperationsImplemented(builder, registry.operations());
        addGuards(builder, targets(contract, registry.streaming().keySet()));
        for (OpenAPIRoute route : builder.getRoutes()) {
            String id = route.getOperation().getOperationId();
            StreamingHandler streaming = registry.streaming().get(id);
            if (streaming == null) {
                OperationHandler operation =
                        Objects.requireNonNull(registry.buffered().get(id));
                route.addHandler(request -> handle(request, operation));
            } else {
                boolean requiresAuth =
                        route.getOperation().getOpenAPIModel().getBoolean(OpenApiDocument.REQUIRES_AUTH, true);
                route.addHandler(request -> handle(request, streaming, requiresAuth));
            }
        }
        Router router = builder.createRouter();
        for (int status = FIRST_ERROR; status <= LAST_ERROR; status++) {
            int code = status;
            router.errorHandler(code, request -> problems.handle(request, code));
        }
        return router;
    }

    private static Future<ValidatableRequest> extract(RoutingContext request, Operation operation) {
        return Future.<Void>future(valid -> {
                    RequestSchemaCheck.check(request, operation);
                    valid.complete();
                })
                .compose(valid -> RequestUtils.extract(
                        request.request(),
                        operation,
                        () -> Future.succeededFuture(RequestAdmissionHandler.body(request))));
    }

    private static List<RequestTarget> targets(OpenAPIContract contract, Set<String> streaming) {
        return contract.operations().stream()
                .map(operation -> new RequestTarget(
                        operation.getHttpMethod().name(),
                        RequestTarget.pattern(operation.getAbsoluteOpenAPIPath()),
                        operation.getOpenAPIModel().getBoolean(OpenApiDocument.REQUIRES_AUTH, true),
                        operation.getParameters().stream()
                                .anyMatch(parameter -> parameter.getName().equals(RequestAdmissionHandler.TICKET)),
                        operation.getOpenAPIModel().getBoolean(OpenApiDocument.HAS_BODY, false),
                        streaming.contains(operation.getOperationId())))
                .toList();
    }

    private static void requireAllOperationsImplemented(RouterBuilder builder, Set<String> operations) {
        Set<String> contract = new HashSet<>();
        builder.getRoutes().forEach(route -> contract.add(route.getOperation().getOperationId()));
        if (!contract.equals(operations)) {
            throw new IllegalStateException("the OpenAPI document has the operations " + new TreeSet<>(contract)
                    + ", the handlers " + new TreeSet<>(operations));
        }
    }

    private void addGuards(RouterBuilder builder, List<RequestTarget> targets) {
        builder.rootHandler(connections);
        builder.rootHandler(new FramingHandler());
        // First, because the request passes all handlers again.
        builder.rootHandler(new MethodOverrideHandler(TusUploadHandler.PATH));
        builder.rootHandler(new RateLimitHandler(config.limits().perSecond(), System::nanoTime));
        builder.rootHandler(new PathValidator());
        if (!config.corsOrigins().isEmpty()) {
            builder.rootHandler(new OriginHandler(
                    config.corsOrigins(),
                    CorsHandler.create()
                            .allowedMethods(METHODS)
                            .allowedHeaders(new HashSet<>(ALLOWED_HEADERS))
                            .exposedHeaders(new HashSet<>(EXPOSED_HEADERS))));
        }
        if (config.auth() == BackendConfig.Auth.NONE) {
            builder.rootHandler(new LoopbackOnlyHandler(config.corsOrigins()));
        }
        builder.rootHandler(new RequestAdmissionHandler(vertx, config.limits(), targets, authenticator));
    }

    private void handle(RoutingContext request, OperationHandler operation) {
        Future.succeededFuture(authenticated(request))
                .compose(operation::handle)
                .onSuccess(response -> send(request, response))
                .onFailure(request::fail);
    }

    private void handle(RoutingContext request, StreamingHandler streaming, boolean requiresAuth) {
        ValidatedRequest validated = request.get(RouterBuilder.KEY_META_DATA_VALIDATED_REQUEST);
        Future<ApiRequest> caller = RequestAdmissionHandler.expectsTicket(request)
                ? redeem(
                        Optional.ofNullable(validated.getQuery().get(RequestAdmissionHandler.TICKET))
                                .filter(given -> !given.isNull())
                                .map(RequestParameter::getString)
                                .orElse(""),
                        validated)
                : Future.succeededFuture(authenticated(request));
        caller.onSuccess(call -> {
                    if (requiresAuth) {
                        connections.exempt(request);
                    }
                })
                .compose(call -> streaming.handle(call, request.request()))
                .onFailure(request::fail);
    }

    private ApiRequest authenticated(RoutingContext request) {
        Optional<User> user = RequestAdmissionHandler.user(request);
        return new ApiRequest(
                authenticator.callerFor(user.orElse(null)),
                request.get(RouterBuilder.KEY_META_DATA_VALIDATED_REQUEST),
                ApiRequest.tokenExpiry(user));
    }

    private Future<ApiRequest> redeem(String ticket, ValidatedRequest validated) {
        return tickets.apply(ticket)
                .map(redeemed -> redeemed.map(found -> new ApiRequest(
                                new Caller(found.userId(), found.admin()), validated, found.tokenExpiry()))
                        .orElseThrow(() -> new HttpException(ProblemCode.UNAUTHORIZED.status())));
    }

    private static void send(RoutingContext request, JsonObject body) {
        if (!request.response().ended() && !request.response().closed()) {
            var unused = JsonResponse.send(request.response(), body);
        }
    }
}
