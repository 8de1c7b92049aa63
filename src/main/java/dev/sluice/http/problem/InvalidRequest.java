package dev.sluice.http.problem;

/** A request that breaks a rule that its schema cannot say; the sentence names it. */
public final class InvalidRequest extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InvalidRequest(String sentence) {
        super(sentence);
    }
}
