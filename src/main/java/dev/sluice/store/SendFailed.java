package dev.sluice.store;

/** Carries what the sender of a batch failed with through a transaction, apart from what the database fails with. */
final class SendFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Throwable reason;

    SendFailed(Throwable reason) {
        super(reason);
        this.reason = reason;
    }

    Throwable reason() {
        return reason;
    }
}
