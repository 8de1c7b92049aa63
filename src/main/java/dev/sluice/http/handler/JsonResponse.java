package dev.sluice.http.handler;

import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;

/** Answers in JSON. */
public final class JsonResponse {
    private JsonResponse() {}

    public static Future<Void> send(HttpServerResponse response, JsonObject answer) {
        return response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .putHeader("X-Content-Type-Options", "nosniff")
                .end(answer.toBuffer());
    }
}
