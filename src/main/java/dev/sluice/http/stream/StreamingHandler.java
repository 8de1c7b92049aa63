package dev.sluice.http.stream;

import dev.sluice.http.handler.ApiRequest;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;

/**
 * What answers an operation of the contract whose request or answer is too long to be held: it sees the request itself, paused
 * and with its body unread. The contract marks such operations with {@code x-streaming}.
 */
@FunctionalInterface
public interface StreamingHandler {
    /** Answers by itself; what it fails with, or throws, becomes a problem document. */
    Future<Void> handle(ApiRequest call, HttpServerRequest request);
}
