package dev.sluice.http.security;

import dev.sluice.backend.job.RequestRejectedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.SecurityPolicyHandler;
import java.net.URI;
import java.util.List;
import java.util.Set;

/**
 * Without authentication, prevents pages of other sites from calling the API through a browser on this host (CSRF, DNS
 * rebinding): {@code Host} must be a loopback name, and {@code Origin} absent, a loopback name or an allowed origin.
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
        if (target == null || !LOOPBACK.contains(target.host())) {
            request.fail(new RequestRejectedException(
                    RequestRejectedException.Reason.FORBIDDEN,
                    "Without authentication, Host must be 127.0.0.1, [::1] or localhost."));
        } else if (origin == null || isAllowed(origin)) {
            request.next();
        } else {
            request.fail(OriginHandler.rejection(origin));
        }
    }

    private boolean isAllowed(String origin) {
        if (allowedOrigins.contains(origin)) {
            return true;
        }
        try {
            String host = URI.create(origin).getHost();
            return host != null && LOOPBACK.contains(host);
        } catch (IllegalArgumentException invalid) {
            return false;
        }
    }
}
