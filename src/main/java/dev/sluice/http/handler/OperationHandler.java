package dev.sluice.http.handler;

import dev.sluice.http.problem.Problem;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** Handles an operation with a JSON response; a failure or exception becomes a {@link Problem}. */
@FunctionalInterface
public interface OperationHandler {
    Future<JsonObject> handle(ApiRequest call);
}
