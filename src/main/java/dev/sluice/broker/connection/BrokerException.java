package dev.sluice.broker.connection;

import org.jspecify.annotations.Nullable;

/**
 * Reports that a broker operation failed or that its outcome is unknown; the operation can be retried. The message is a
 * complete sentence intended for operators.
 */
public final class BrokerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean permanent;

    public BrokerException(String message) {
        this(message, null);
    }

    public BrokerException(String message, @Nullable Throwable cause) {
        this(message, cause, false);
    }

    BrokerException(String message, @Nullable Throwable cause, boolean permanent) {
        super(message, cause);
        this.permanent = permanent;
    }

    /** Returns whether the broker refuses the client until an operator changes the configuration or the broker. */
    public boolean isPermanent() {
        return permanent;
    }

    /** Returns the message for operators. */
    public String message() {
        String message = getMessage();
        return message == null ? "The broker failed." : message;
    }
}
