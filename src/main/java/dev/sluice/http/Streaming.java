package dev.sluice.http;

import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;

/**
 * What answers an operation of the contract whose request or answer is too long to be held: it sees the request itself, paused
 * and with its body unread. The contract marks such operations with {@code x-streamed}.
 */
@FunctionalInterface
interface Streaming {
    /** Gives the answer's body; a Future that never completes has answered by itself, or still does. */
    Future<JsonObject> answer(Call call, HttpServerRequest request);
}
