package dev.sluice.backend.webhook;

import io.vertx.core.Future;

/** Sends webhook requests. */
public interface WebhookTransport {
    /** Sends a request once and returns the status of the response; fails after a timeout. */
    Future<Integer> post(WebhookRequest request);

    /** Closes the transport; requests in flight fail. */
    Future<Void> close();
}
