package dev.sluice.http.security;

import dev.sluice.backend.job.RequestRejectedException;
import dev.sluice.config.BackendConfig;
import dev.sluice.http.problem.InvalidRequestException;
import dev.sluice.http.problem.Problem;
import dev.sluice.http.problem.ProblemCode;
import dev.sluice.http.problem.UnreadBody;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;

/**
 * Reads request bodies into memory: each up to a limit and within a time, all together up to a budget, from which the bytes of a
 * body are returned when its request has ended. For use on one event loop.
 */
final class RequestBodyReader {
    private final Vertx vertx;
    private final BackendConfig.RequestLimits limits;
    private long bufferedBytes;

    RequestBodyReader(Vertx vertx, BackendConfig.RequestLimits limits) {
        this.vertx = vertx;
        this.limits = limits;
    }

    /**
     * Reads the body of a paused request.
     *
     * @param accepted whether the operation has a body; else only an empty one is read
     */
    Future<Buffer> read(RoutingContext request, boolean accepted) {
        HttpServerRequest http = request.request();
        if (!UnreadBody.isAnnounced(http)) {
            http.resume();
            return Future.succeededFuture(Buffer.buffer());
        }
        long maxBytes = accepted ? limits.maxBodyBytes() : 0;
        String length = http.getHeader(HttpHeaders.CONTENT_LENGTH);
        return length != null && Long.parseLong(length) > maxBytes
                ? Future.failedFuture(tooLarge(accepted))
                : new Body(http, maxBytes, accepted).read(request);
    }

    private static RuntimeException tooLarge(boolean accepted) {
        return accepted
                ? new Problem.ProblemException(ProblemCode.BODY_TOO_LARGE)
                : new InvalidRequestException("This operation has no body; the body must be empty.");
    }

    private final class Body {
        private final HttpServerRequest request;
        private final long maxBytes;
        private final boolean accepted;
        private final Buffer content = Buffer.buffer();
        private final Promise<Buffer> received = Promise.promise();
        private long reserved;

        Body(HttpServerRequest request, long maxBytes, boolean accepted) {
            this.request = request;
            this.maxBytes = maxBytes;
            this.accepted = accepted;
        }

        Future<Buffer> read(RoutingContext context) {
            long timer = vertx.setTimer(
                    limits.timeout().toMillis(),
                    late -> received.tryFail(new Problem.ProblemException(ProblemCode.REQUEST_TIMEOUT)));
            context.addEndHandler(ended -> release());
            request.exceptionHandler(
                    cause -> received.tryFail(new InvalidRequestException("The body is invalid or truncated.")));
            request.endHandler(end -> received.tryComplete(content));
            request.handler(this::append);
            request.resume();
            return received.future()
                    .onComplete(done -> vertx.cancelTimer(timer))
                    .onFailure(cause -> release());
        }

        private void append(Buffer bytes) {
            if (received.future().isComplete()) {
                return;
            }
            if (content.length() + (long) bytes.length() > maxBytes) {
                received.tryFail(tooLarge(accepted));
            } else if (bufferedBytes + bytes.length() > limits.maxBufferedBytes()) {
                received.tryFail(new RequestRejectedException(
                        RequestRejectedException.Reason.OVERLOADED,
                        "The limit of " + limits.maxBufferedBytes()
                                + " bytes for request bodies is reached. Retry later."));
            } else {
                bufferedBytes += bytes.length();
                reserved += bytes.length();
                content.appendBuffer(bytes);
            }
        }

        private void release() {
            bufferedBytes -= reserved;
            reserved = 0;
        }
    }
}
