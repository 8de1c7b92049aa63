package dev.sluice.backend.webhook;

import io.vertx.core.Future;

/** The way to receivers of webhooks. */
public interface WebhookTransport {
    /** Sends a request, once; gives the status of the answer, whatever it is, within a bound. */
    Future<Integer> post(WebhookRequest request);

    /** Ends it; what is under way fails. */
    Future<Void> close();
}
