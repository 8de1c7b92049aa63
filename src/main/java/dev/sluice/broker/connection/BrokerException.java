package dev.sluice.broker.connection;

import org.jspecify.annotations.Nullable;

/**
 * What we asked of the broker was not done, or nobody can know whether it was: ask again later. The message is a sentence
 * for a person.
 */
public final class BrokerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BrokerException(String sentence) {
        this(sentence, null);
    }

    public BrokerException(String sentence, @Nullable Throwable cause) {
        super(sentence, cause);
    }

    /** The sentence a person reads. */
    public String message() {
        String message = getMessage();
        return message == null ? "The broker failed." : message;
    }
}
