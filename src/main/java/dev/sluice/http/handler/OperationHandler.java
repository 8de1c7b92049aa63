package dev.sluice.http.handler;

import dev.sluice.http.problem.Problem;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** What answers an operation of the contract; it fails, or throws, with what {@link Problem} knows. */
@FunctionalInterface
public interface OperationHandler {
    Future<JsonObject> handle(ApiRequest call);
}
