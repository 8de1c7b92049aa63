package dev.sluice.http.problem;

/** A request that breaks a rule that its schema cannot say; the sentence names it. */
public final class InvalidRequestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InvalidRequestException(String sentence) {
        super(sentence);
    }
}
