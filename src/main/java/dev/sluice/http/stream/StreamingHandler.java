package dev.sluice.http.stream;

import dev.sluice.http.handler.ApiRequest;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;

/**
 * Handles an operation whose request or response is not buffered: it receives the paused request with its body unread. The
 * OpenAPI document marks such operations with {@code x-streaming}.
 */
@FunctionalInterface
public interface StreamingHandler {
    /** Sends the response; a failure or exception becomes a problem document. */
    Future<Void> handle(ApiRequest call, HttpServerRequest request);
}
