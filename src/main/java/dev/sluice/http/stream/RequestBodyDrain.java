package dev.sluice.http.stream;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.TimeUnit;

/**
 * The rest of a body that nobody wants any more. Browsers listen for the answer only when they have sent all, so some of it is
 * read; of a film that is refused not all is.
 */
public final class RequestBodyDrain {
    private static final long MAX_BYTES = 64L << 20;
    private static final long MAX_SECONDS = 10;

    private RequestBodyDrain() {}

    /** Reads it; never fails, and takes no longer than a few seconds. */
    public static Future<Void> drain(HttpServerRequest request) {
        if (request.isEnded() || request.response().closed()) {
            return Future.succeededFuture();
        }
        Promise<Void> over = Promise.promise();
        long[] read = {0};
        request.exceptionHandler(gone -> over.tryComplete());
        request.endHandler(end -> over.tryComplete());
        request.handler(bytes -> {
            read[0] += bytes.length();
            if (read[0] > MAX_BYTES) {
                request.pause();
                over.tryComplete();
            }
        });
        request.resume();
        return over.future()
                .timeout(MAX_SECONDS, TimeUnit.SECONDS)
                .otherwiseEmpty()
                .onComplete(done -> request.response().putHeader("Connection", "close"));
    }
}
