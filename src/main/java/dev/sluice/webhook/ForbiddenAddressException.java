package dev.sluice.webhook;

/** The address must not receive webhooks. The message contains no path or query. */
public final class ForbiddenAddressException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    ForbiddenAddressException(String message) {
        super(message);
    }
}
