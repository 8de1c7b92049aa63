package dev.sluice.http.problem;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.TimeUnit;

/**
 * The body of a request that is answered before the body was read. Browsers read the response only after they have sent the
 * body, and lose it if the connection is reset before. So the body is discarded as it arrives, at most 64 MiB in at most 10
 * seconds; then the connection is closed. Requests that follow on the connection are ignored.
 */
public final class UnreadBody {
    private static final long MAX_BYTES = 64L << 20;
    private static final long MAX_SECONDS = 10;

    private UnreadBody() {}

    /** Whether the head of a request announces a body. */
    public static boolean isAnnounced(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return request.headers().contains(HttpHeaders.TRANSFER_ENCODING) || (length != null && !length.equals("0"));
    }

    /** Discards the body of a request; to be called before its response is sent. */
    static void discard(HttpServerRequest request) {
        if (request.isEnded()) {
            return;
        }
        if (isAnnounced(request)) {
            request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
            // The connection is closed when both the request and its response have ended.
            var unused = request.connection().shutdown(MAX_SECONDS, TimeUnit.SECONDS);
            request.exceptionHandler(closed -> {});
            limit(request);
        }
        request.resume();
    }

    private static void limit(HttpServerRequest request) {
        long[] read = {0};
        request.handler(bytes -> {
            read[0] += bytes.length();
            if (read[0] > MAX_BYTES) {
                var unused = request.connection().close();
            }
        });
    }
}
