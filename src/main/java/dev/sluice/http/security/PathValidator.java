package dev.sluice.http.security;

import dev.sluice.http.problem.InvalidRequestException;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.PlatformHandler;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Rejects ambiguous paths: with empty segments, {@code .} or {@code ..}, encoded or not. The router uses the normalized path, the
 * validator of the contract the received one.
 */
public final class PathValidator implements PlatformHandler {
    @Override
    public void handle(RoutingContext request) {
        if (isNormalized(request.request().path())) {
            request.next();
        } else {
            request.fail(new InvalidRequestException(
                    "The path must not have empty segments, '.', '..', '\\' or invalid percent-encoding."));
        }
    }

    static boolean isNormalized(String path) {
        boolean root = path.equals("/");
        return root
                || (path.startsWith("/")
                        && path.indexOf('\\') < 0
                        && Arrays.stream(path.substring(1).split("/", -1)).allMatch(PathValidator::isName));
    }

    private static boolean isName(String segment) {
        try {
            String name = URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
            return !name.isEmpty() && !name.equals(".") && !name.equals("..");
        } catch (IllegalArgumentException invalidEscape) {
            return false;
        }
    }
}
