package dev.sluice.http;

/** A request that breaks a rule that its schema cannot say; the sentence names it. */
final class InvalidRequest extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InvalidRequest(String sentence) {
        super(sentence);
    }
}
