package dev.sluice.backend.webhook;

/**
 * Result of one delivery attempt.
 *
 * @param reason why the delivery failed; empty if it succeeded
 */
record WebhookResult(Kind kind, String reason) {
    enum Kind {
        DELIVERED,
        /** To be retried. */
        FAILED,
        /** The address is forbidden; nothing was sent. */
        REJECTED
    }

    static WebhookResult delivered() {
        return new WebhookResult(Kind.DELIVERED, "");
    }

    static WebhookResult failed(String reason) {
        return new WebhookResult(Kind.FAILED, reason);
    }

    static WebhookResult rejected(String reason) {
        return new WebhookResult(Kind.REJECTED, reason);
    }
}
