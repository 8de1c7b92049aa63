package dev.sluice.webhook;

/** Nothing is sent there, now or later; the message is a sentence without the address's path. */
public final class RefusedAddress extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    RefusedAddress(String sentence) {
        super(sentence);
    }
}
