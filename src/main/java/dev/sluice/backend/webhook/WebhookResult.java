package dev.sluice.backend.webhook;

/**
 * What came of one try.
 *
 * @param reason why it was not delivered; empty if it was
 */
record WebhookResult(Kind kind, String reason) {
    enum Kind {
        DELIVERED,
        /** Worth another try. */
        FAILED,
        /** Nothing may be sent there, so nothing was. */
        REFUSED
    }

    static WebhookResult delivered() {
        return new WebhookResult(Kind.DELIVERED, "");
    }

    static WebhookResult failed(String reason) {
        return new WebhookResult(Kind.FAILED, reason);
    }

    static WebhookResult refused(String reason) {
        return new WebhookResult(Kind.REFUSED, reason);
    }
}
