package dev.sluice.http.security;

import dev.sluice.http.problem.InvalidRequestException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.PlatformHandler;
import java.util.List;

/**
 * Rejects requests whose end or target a proxy may read differently (request smuggling, RFC 9112 section 11.2), even where the
 * decoder accepts them: a {@code Transfer-Encoding} other than exactly {@code chunked}, or together with
 * {@code Content-Length}; several lengths; more or less than one {@code Host}. The connection is closed.
 */
public final class FramingHandler implements PlatformHandler {
    private static final int MAX_LENGTH_DIGITS = 18;

    @Override
    public void handle(RoutingContext request) {
        if (isUnambiguous(request.request())) {
            request.next();
        } else {
            var unused = request.request().connection().shutdown();
            request.fail(new InvalidRequestException(
                    "The request must have one Host, and either one Content-Length or Transfer-Encoding: chunked."));
        }
    }

    private static boolean isUnambiguous(HttpServerRequest request) {
        List<String> lengths = request.headers().getAll(HttpHeaders.CONTENT_LENGTH);
        List<String> encodings = request.headers().getAll(HttpHeaders.TRANSFER_ENCODING);
        int hosts = request.headers().getAll(HttpHeaders.HOST).size();
        boolean framed = encodings.isEmpty()
                ? lengths.isEmpty() || (lengths.size() == 1 && isLength(lengths.get(0)))
                : encodings.size() == 1
                        && encodings.get(0).equalsIgnoreCase("chunked")
                        && lengths.isEmpty()
                        && request.version() == HttpVersion.HTTP_1_1;
        return framed && (hosts == 1 || (hosts == 0 && request.version() == HttpVersion.HTTP_1_0));
    }

    private static boolean isLength(String value) {
        return !value.isEmpty()
                && value.length() <= MAX_LENGTH_DIGITS
                && value.chars().allMatch(digit -> digit >= '0' && digit <= '9');
    }
}
