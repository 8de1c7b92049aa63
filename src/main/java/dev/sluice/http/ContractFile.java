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
record ContractFile(JsonObject json) {
    private static final String FILE = "/http/openapi.json";

    /** Reads it from among our own classes. */
    static Future<ContractFile> read(Vertx vertx) {
        return vertx.executeBlocking(ContractFile::readNow);
    }

    /** The router's view of it. */
    Future<OpenAPIContract> forRouter(Vertx vertx) {
        // The router knows a few types of answers and refuses a contract with another, though it never looks at
        // answers.
        JsonObject known = new JsonObject(json.encode().replace(Problem.CONTENT_TYPE, "application/json"));
        return OpenAPIContract.from(vertx, known);
    }

    private static ContractFile readNow() throws IOException {
        try (InputStream file = Objects.requireNonNull(ContractFile.class.getResourceAsStream(FILE))) {
            return new ContractFile(new JsonObject(new String(file.readAllBytes(), StandardCharsets.UTF_8)));
        }
    }
}
