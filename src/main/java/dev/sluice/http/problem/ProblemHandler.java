package dev.sluice.http.problem;

import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Responds to failed requests with a problem document. */
public final class ProblemHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemHandler.class);

    /** The quota of presigned URLs counts minutes; the others are free again when the client ends something. */
    private static final int QUOTA_RETRY_SECONDS = 60;

    /**
     * If the router sets a status other than 500, it determines the problem and the cause is an internal detail, except that
     * the cause tells how the request violates the API.
     */
    public void handle(RoutingContext request, int status) {
        Throwable cause = request.failure();
        boolean explained = status == ProblemCode.INTERNAL_ERROR.status() || cause instanceof InvalidRequestException;
        Problem problem = cause != null && explained ? Problem.of(cause) : Problem.of(status);
        if (problem.code() == ProblemCode.INTERNAL_ERROR && isDisconnected(request, cause)) {
            LOG.atDebug()
                    .addKeyValue("error", String.valueOf(cause))
                    .addKeyValue("path", request.normalizedPath())
                    .log("client disconnected");
        } else if (problem.code() == ProblemCode.INTERNAL_ERROR) {
            LOG.atError()
                    .setCause(cause)
                    .addKeyValue("method", request.request().method())
                    .addKeyValue("path", request.normalizedPath())
                    .log("request failed");
        }
        send(request, problem);
    }

    /** A write can fail before the response is notified that its connection is closed. */
    private static boolean isDisconnected(RoutingContext request, @Nullable Throwable cause) {
        return request.response().closed()
                || (cause instanceof IOException && request.response().headWritten());
    }

    static void send(RoutingContext request, Problem problem) {
        if (request.response().ended() || request.response().headWritten()) {
            return;
        }
        switch (problem.code()) {
            case UNAUTHORIZED -> request.response().putHeader("WWW-Authenticate", "Bearer");
            case SERVICE_UNAVAILABLE, OVERLOADED, TOO_MANY_REQUESTS ->
                request.response().putHeader(HttpHeaders.RETRY_AFTER, "1");
            case QUOTA_EXCEEDED ->
                request.response().putHeader(HttpHeaders.RETRY_AFTER, String.valueOf(QUOTA_RETRY_SECONDS));
            default -> {}
        }
        UnreadBody.discard(request.request());
        var unused = request.response()
                .setStatusCode(problem.code().status())
                .putHeader(HttpHeaders.CONTENT_TYPE, Problem.CONTENT_TYPE)
                .end(problem.toJson().toBuffer())
                .onFailure(closed -> LOG.atDebug()
                        .addKeyValue("error", String.valueOf(closed))
                        .log("client disconnected before the response"));
    }
}
