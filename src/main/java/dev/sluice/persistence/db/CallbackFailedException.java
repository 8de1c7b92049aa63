package dev.sluice.persistence.db;

/** Carries what the sender of a batch failed with through a transaction, apart from what the database fails with. */
public final class CallbackFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Throwable reason;

    public CallbackFailedException(Throwable reason) {
        super(reason);
        this.reason = reason;
    }

    public Throwable reason() {
        return reason;
    }
}
