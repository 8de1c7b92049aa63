package dev.sluice.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.StaticHandler;
import java.util.Optional;

/** Serves the web UI from the jar, without authentication: its requests to the API need a token as those of any client. */
final class WebUi {
    private static final String ROOT = "http/page";
    private static final String INDEX = "/page/index.html";

    private final String policy;

    /** @param store the origin of presigned URLs */
    WebUi(Optional<String> store) {
        String storeSources = store.map(origin -> " " + origin).orElse(" https:");
        this.policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'" + storeSources
                + "; img-src 'self'" + storeSources + "; media-src 'self' blob:" + storeSources
                + "; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";
    }

    void mount(Router router) {
        router.route(HttpMethod.GET, "/").handler(request -> request.reroute(HttpMethod.GET, INDEX));
        router.route(HttpMethod.GET, "/page/*").handler(this::addSecurityHeaders);
        router.route(HttpMethod.GET, "/page/*")
                .handler(StaticHandler.create(ROOT).setDefaultContentEncoding("UTF-8"));
    }

    private void addSecurityHeaders(RoutingContext request) {
        request.response()
                .putHeader("Content-Security-Policy", policy)
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
        request.next();
    }
}
