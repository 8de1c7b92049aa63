package dev.sluice.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.OpenAPIContract;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * The one description of the API: what is shown to callers, and what the router is made of.
 *
 * @param json OpenAPI 3.1
 */
record OpenApiDocument(JsonObject json) {
    /** Whether an operation that is streamed is for callers with a token only, in the router's view. */
    static final String REQUIRES_AUTH = "x-requires-auth";

    private static final String STREAMING = "x-streaming";
    private static final String FILE = "/http/openapi.json";

    /** Reads it from among our own classes. */
    static Future<OpenApiDocument> read(Vertx vertx) {
        return vertx.executeBlocking(OpenApiDocument::readNow);
    }

    /** The router's view of it. */
    Future<OpenAPIContract> toRouterContract(Vertx vertx) {
        JsonObject known = json.copy();
        JsonObject paths = known.getJsonObject("paths");
        for (String path : paths.fieldNames()) {
            JsonObject operations = paths.getJsonObject(path);
            operations.fieldNames().forEach(method -> strip(operations.getJsonObject(method)));
        }
        return OpenAPIContract.from(vertx, known);
    }

    /**
     * The router knows a few types of bodies and refuses a contract with another, though it never looks at answers, nor at the
     * bodies of what is streamed. Who sends those is asked elsewhere: the router's own handler would let the body flow
     * before anybody takes it.
     */
    private static void strip(JsonObject operation) {
        operation.put("responses", new JsonObject().put("200", new JsonObject().put("description", "not looked at")));
        if (operation.getBoolean(STREAMING, false)) {
            operation.remove("requestBody");
            operation.put(REQUIRES_AUTH, operation.remove("security") != null);
        }
    }

    private static OpenApiDocument readNow() throws IOException {
        try (InputStream file = Objects.requireNonNull(OpenApiDocument.class.getResourceAsStream(FILE))) {
            return new OpenApiDocument(new JsonObject(new String(file.readAllBytes(), StandardCharsets.UTF_8)));
        }
    }
}
