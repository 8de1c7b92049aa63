package dev.sluice.message.json;

/** Thrown if a message cannot be decoded; the message names the field and the rule. */
public final class InvalidMessageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InvalidMessageException(String message) {
        super(message);
    }
}
