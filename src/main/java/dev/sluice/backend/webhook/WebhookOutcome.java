package dev.sluice.backend.webhook;

/**
 * What came of one try.
 *
 * @param reason why it was not delivered; empty if it was
 */
record WebhookOutcome(Kind kind, String reason) {
    enum Kind {
        DELIVERED,
        /** Worth another try. */
        FAILED,
        /** Nothing may be sent there, so nothing was. */
        REFUSED
    }

    static WebhookOutcome delivered() {
        return new WebhookOutcome(Kind.DELIVERED, "");
    }

    static WebhookOutcome failed(String reason) {
        return new WebhookOutcome(Kind.FAILED, reason);
    }

    static WebhookOutcome refused(String reason) {
        return new WebhookOutcome(Kind.REFUSED, reason);
    }
}
