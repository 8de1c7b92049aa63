package dev.sluice.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.OpenAPIContract;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * The description of the API, served to clients and used to build the router.
 *
 * @param json OpenAPI 3.1
 */
record OpenApiDocument(JsonObject json) {
    /** Added to the operations of the router's contract: whether they require a token. */
    static final String REQUIRES_AUTH = "x-requires-auth";
    /** Added to the operations of the router's contract: whether their requests may have a body. */
    static final String HAS_BODY = "x-has-body";

    private static final String STREAMING = "x-streaming";
    private static final String FILE = "/http/openapi.json";

    /** Reads the document from the class path. */
    static Future<OpenApiDocument> read(Vertx vertx) {
        return vertx.executeBlocking(OpenApiDocument::readNow);
    }

    /** The contract for the router. */
    Future<OpenAPIContract> toRouterContract(Vertx vertx) {
        JsonObject contract = json.copy();
        JsonObject paths = contract.getJsonObject("paths");
        for (String path : paths.fieldNames()) {
            JsonObject operations = paths.getJsonObject(path);
            operations.fieldNames().forEach(method -> strip(operations.getJsonObject(method)));
        }
        return OpenAPIContract.from(vertx, contract);
    }

    /**
     * Removes responses, and request bodies of streaming operations: the router does not use them, but rejects contracts with
     * body types it does not support. Requests are authenticated by {@link ApiRouter} before their body is read, in place of the
     * router.
     */
    private static void strip(JsonObject operation) {
        operation.put("responses", new JsonObject().put("200", new JsonObject().put("description", "not used")));
        operation.put(HAS_BODY, operation.containsKey("requestBody"));
        if (operation.getBoolean(STREAMING, false)) {
            operation.remove("requestBody");
        }
        boolean requiresAuth =
                !operation.getJsonArray("security", new JsonArray()).isEmpty();
        operation.remove("security");
        operation.put(REQUIRES_AUTH, requiresAuth);
    }

    private static OpenApiDocument readNow() throws IOException {
        try (InputStream file = Objects.requireNonNull(OpenApiDocument.class.getResourceAsStream(FILE))) {
            return new OpenApiDocument(new JsonObject(new String(file.readAllBytes(), StandardCharsets.UTF_8)));
        }
    }
}
