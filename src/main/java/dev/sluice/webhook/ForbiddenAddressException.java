package dev.sluice.webhook;

/** Nothing is sent there, now or later; the message is a sentence without the address's path. */
public final class ForbiddenAddressException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    ForbiddenAddressException(String sentence) {
        super(sentence);
    }
}
