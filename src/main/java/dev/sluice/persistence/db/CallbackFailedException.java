package dev.sluice.persistence.db;

/** Carries the failure of the sender of a batch through a transaction, separate from failures of the database. */
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
