package dev.sluice.http.handler;

import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;

/** Sends JSON responses. */
public final class JsonResponse {
    private JsonResponse() {}

    public static Future<Void> send(HttpServerResponse response, JsonObject body) {
        return response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .putHeader("X-Content-Type-Options", "nosniff")
                .end(body.toBuffer());
    }
}
