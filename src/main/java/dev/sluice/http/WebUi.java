package dev.sluice.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.StaticHandler;
import java.util.Optional;

/** The page, out of the jar. It is for everybody: what it shows it has to ask for as any caller does. */
final class WebUi {
    private static final String ROOT = "http/page";
    private static final String INDEX = "/page/index.html";

    private final String policy;

    /** @param store where the links to renditions lead */
    WebUi(Optional<String> store) {
        String elsewhere = store.map(origin -> " " + origin).orElse(" https:");
        this.policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'" + elsewhere
                + "; img-src 'self'" + elsewhere + "; media-src 'self'" + elsewhere
                + "; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";
    }

    void mount(Router router) {
        router.route(HttpMethod.GET, "/").handler(request -> request.reroute(HttpMethod.GET, INDEX));
        router.route(HttpMethod.GET, "/page/*").handler(this::guard);
        router.route(HttpMethod.GET, "/page/*")
                .handler(StaticHandler.create(ROOT).setDefaultContentEncoding("UTF-8"));
    }

    private void guard(RoutingContext request) {
        request.response()
                .putHeader("Content-Security-Policy", policy)
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
        request.next();
    }
}
