package dev.sluice.http.security;

import io.vertx.core.http.HttpServerRequest;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An operation as far as it is known from the head of a request.
 *
 * @param requiresToken whether the caller must be authenticated
 * @param acceptsTicket whether a ticket may replace the token
 * @param hasBody whether its requests may have a body
 * @param streaming whether its handler reads the body
 */
public record RequestTarget(
        String method, Pattern path, boolean requiresToken, boolean acceptsTicket, boolean hasBody, boolean streaming) {
    /** The pattern of a path of the contract; each parameter matches one segment. */
    public static Pattern pattern(String path) {
        return Pattern.compile(Stream.of(path.split("/", -1))
                .map(part -> part.startsWith("{") ? "[^/]+" : Pattern.quote(part))
                .reduce((one, other) -> one + "/" + other)
                .orElseThrow());
    }

    boolean matches(HttpServerRequest request) {
        return request.method().name().equals(method)
                && path.matcher(request.path()).matches();
    }
}
