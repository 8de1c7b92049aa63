package dev.sluice.http.security;

import dev.sluice.backend.job.RequestRejectedException;
import dev.sluice.common.text.TextSanitizer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.CorsHandler;
import io.vertx.ext.web.handler.SecurityPolicyHandler;
import java.util.List;

/**
 * Rejects requests of pages of origins that are not allowed. Requests of the own origin are always allowed: browsers send
 * {@code Origin} with module scripts and with every POST of the web UI, too.
 */
public final class OriginHandler implements SecurityPolicyHandler {
    private static final int MAX_ORIGIN_LENGTH = 200;

    private final List<String> allowedOrigins;
    private final CorsHandler cors;

    /** @param cors adds the CORS headers of the allowed origins */
    public OriginHandler(List<String> allowedOrigins, CorsHandler cors) {
        this.allowedOrigins = allowedOrigins;
        this.cors = cors.addOrigins(allowedOrigins);
    }

    @Override
    public void handle(RoutingContext request) {
        String origin = request.request().getHeader(HttpHeaders.ORIGIN);
        if (origin == null || allowedOrigins.contains(origin)) {
            cors.handle(request);
        } else if (isOwnOrigin(origin, request.request())) {
            request.response().headers().add(HttpHeaders.VARY, HttpHeaders.ORIGIN);
            request.next();
        } else {
            request.fail(rejection(origin));
        }
    }

    static RequestRejectedException rejection(String origin) {
        return new RequestRejectedException(
                RequestRejectedException.Reason.FORBIDDEN,
                "The origin '" + TextSanitizer.singleLine(origin, MAX_ORIGIN_LENGTH)
                        + "' is not allowed: add it to backend.corsOrigins.");
    }

    /**
     * A reverse proxy may change scheme and host of the request. Browsers report the relation of the origins in a header that
     * pages cannot set (W3C Fetch Metadata), but only over HTTPS and on loopback addresses.
     */
    private static boolean isOwnOrigin(String origin, HttpServerRequest request) {
        String host = request.getHeader(HttpHeaders.HOST);
        return "same-origin".equals(request.getHeader("Sec-Fetch-Site"))
                || (host != null && origin.equalsIgnoreCase(request.scheme() + "://" + host));
    }
}
