package dev.sluice.http.security;

import dev.sluice.http.problem.InvalidRequestException;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.PlatformHandler;
import java.util.Set;

/**
 * Replaces the method of a POST to a resumable upload with that in {@code X-HTTP-Method-Override}, which clients send if their
 * environment does not support PATCH or DELETE (tus 1.0.0).
 */
public final class MethodOverrideHandler implements PlatformHandler {
    public static final String HEADER = "X-HTTP-Method-Override";

    private static final Set<String> METHODS = Set.of("DELETE", "HEAD", "PATCH");

    private final String path;

    /** @param path of the uploads; methods of other paths are not replaced */
    public MethodOverrideHandler(String path) {
        this.path = path;
    }

    @Override
    public void handle(RoutingContext request) {
        String method = request.request().getHeader(HEADER);
        if (method == null
                || !request.request().method().equals(HttpMethod.POST)
                || !request.request().path().startsWith(path)) {
            request.next();
        } else if (METHODS.contains(method)) {
            request.reroute(HttpMethod.valueOf(method), request.request().uri());
        } else {
            request.fail(InvalidRequestException.of("Header " + HEADER, method, "DELETE, HEAD or PATCH"));
        }
    }
}
