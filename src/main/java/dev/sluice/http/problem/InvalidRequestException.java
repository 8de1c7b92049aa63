package dev.sluice.http.problem;

/** A request violates a rule that its schema cannot express; the message is sent to the client. */
public final class InvalidRequestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InvalidRequestException(String message) {
        super(message);
    }
}
