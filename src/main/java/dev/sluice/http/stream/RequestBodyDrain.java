package dev.sluice.http.stream;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.TimeUnit;

/**
 * Discards the rest of the body of a rejected request. Browsers read the response only after they have sent the body; at most
 * 64 MiB are read.
 */
public final class RequestBodyDrain {
    private static final long MAX_BYTES = 64L << 20;
    private static final long MAX_SECONDS = 10;

    private RequestBodyDrain() {}

    /** Completes after at most 10 seconds; never fails. */
    public static Future<Void> drain(HttpServerRequest request) {
        if (request.isEnded() || request.response().closed()) {
            return Future.succeededFuture();
        }
        Promise<Void> drained = Promise.promise();
        long[] read = {0};
        request.exceptionHandler(closed -> drained.tryComplete());
        request.endHandler(end -> drained.tryComplete());
        request.handler(bytes -> {
            read[0] += bytes.length();
            if (read[0] > MAX_BYTES) {
                request.pause();
                drained.tryComplete();
            }
        });
        request.resume();
        return drained.future()
                .timeout(MAX_SECONDS, TimeUnit.SECONDS)
                .otherwiseEmpty()
                .onComplete(done -> request.response().putHeader("Connection", "close"));
    }
}
