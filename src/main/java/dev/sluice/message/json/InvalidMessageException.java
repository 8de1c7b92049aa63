package dev.sluice.message.json;

/** A message that cannot be read; the sentence says which field breaks which rule. */
public final class InvalidMessageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InvalidMessageException(String sentence) {
        super(sentence);
    }
}
