package dev.sluice.http.security;

import dev.sluice.config.BackendConfig;
import dev.sluice.http.problem.InvalidRequestException;
import dev.sluice.http.problem.UnreadBody;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.auth.User;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Authenticates a request by its head, before any byte of its body is read. Then buffers the body, except that of a streaming
 * operation, which stays unread. A body that the operation does not have is rejected.
 */
public final class RequestAdmissionHandler implements Handler<RoutingContext> {
    /** The query parameter of event streams that replaces the token. */
    public static final String TICKET = "ticket";

    private static final String EXPECTS_TICKET = "sluice.ticket";
    private static final String USER = "sluice.user";
    private static final String BODY = "sluice.body";

    private final List<RequestTarget> targets;
    private final CallerAuthenticator authenticator;
    private final RequestBodyReader bodies;

    public RequestAdmissionHandler(
            Vertx vertx,
            BackendConfig.RequestLimits limits,
            List<RequestTarget> targets,
            CallerAuthenticator authenticator) {
        this.targets = List.copyOf(targets);
        this.authenticator = authenticator;
        this.bodies = new RequestBodyReader(vertx, limits);
    }

    /** The authenticated user of an admitted request; empty without authentication. */
    public static Optional<User> user(RoutingContext request) {
        return Optional.ofNullable(request.<User>get(USER));
    }

    /** Whether the caller of an admitted request is that of a ticket, which is yet to be redeemed. */
    public static boolean expectsTicket(RoutingContext request) {
        return Boolean.TRUE.equals(request.<Boolean>get(EXPECTS_TICKET));
    }

    /** The body of an admitted request; empty for a streaming operation. */
    public static Buffer body(RoutingContext request) {
        return Objects.requireNonNull(request.<Buffer>get(BODY));
    }

    @Override
    public void handle(RoutingContext request) {
        HttpServerRequest http = request.request();
        Optional<RequestTarget> target =
                targets.stream().filter(each -> each.matches(http)).findFirst();
        if (target.isPresent()) {
            http.pause();
            admit(request, target.get())
                    .onSuccess(body -> {
                        request.put(BODY, body);
                        request.next();
                    })
                    .onFailure(request::fail);
        } else if (http.method().equals(HttpMethod.GET) && UnreadBody.isAnnounced(http)) {
            request.fail(new InvalidRequestException("This resource has no body; the body must be empty."));
        } else {
            // A page of the web UI, or a response 404 or 405 without reading the body.
            request.next();
        }
    }

    private Future<Buffer> admit(RoutingContext request, RequestTarget target) {
        return authenticate(request, target).compose(user -> {
            if (request.response().closed()) {
                // Handlers of the body would not be notified.
                return Future.failedFuture(new InvalidRequestException("The connection was closed."));
            }
            user.ifPresent(found -> request.put(USER, found));
            boolean unread = target.streaming() && (target.hasBody() || !UnreadBody.isAnnounced(request.request()));
            return unread ? Future.succeededFuture(Buffer.buffer()) : bodies.read(request, target.hasBody());
        });
    }

    private Future<Optional<User>> authenticate(RoutingContext request, RequestTarget target) {
        boolean ticket = target.acceptsTicket() && hasTicket(request);
        request.put(EXPECTS_TICKET, ticket);
        return !target.requiresToken() || ticket
                ? Future.succeededFuture(Optional.empty())
                : authenticator.authenticate(request.request());
    }

    private static boolean hasTicket(RoutingContext request) {
        try {
            return request.queryParams().contains(TICKET);
        } catch (HttpException | IllegalArgumentException undecodable) {
            return false;
        }
    }
}
