package dev.sluice.http.security;

import dev.sluice.http.problem.ProblemCode;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.SecurityPolicyHandler;
import java.net.URI;
import java.util.List;
import java.util.Set;

/**
 * Where nobody is asked who he is, keeps pages of other sites from calling through the browser of somebody on this host: the
 * request has to be for the loopback address by name, and from a page of such an address or of an allowed origin, or from none.
 */
public final class LoopbackOnlyHandler implements SecurityPolicyHandler {
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "::1", "[::1]", "localhost");

    private final List<String> allowedOrigins;

    public LoopbackOnlyHandler(List<String> allowedOrigins) {
        this.allowedOrigins = allowedOrigins;
    }

    @Override
    public void handle(RoutingContext request) {
        HostAndPort target = request.request().authority();
        String origin = request.request().getHeader(HttpHeaders.ORIGIN);
        if (target != null && LOOPBACK.contains(target.host()) && (origin == null || isAllowed(origin))) {
            request.next();
        } else {
            request.fail(ProblemCode.FORBIDDEN.status());
        }
    }

    private boolean isAllowed(String origin) {
        if (allowedOrigins.contains(origin)) {
            return true;
        }
        try {
            String host = URI.create(origin).getHost();
            return host != null && LOOPBACK.contains(host);
        } catch (IllegalArgumentException notAnOrigin) {
            return false;
        }
    }
}
