package dev.sluice.job;

/** A step of a delivery; after each, the process may crash without losing the job. */
public enum DeliveryStep {
    /** The run is claimed and not processed yet. */
    CLAIMED,
    /** The run is processed and not committed yet. */
    PROCESSED,
    /** The result is committed and the delivery is not acknowledged yet. */
    COMMITTED,
    /** The delivery is acknowledged. */
    ACKNOWLEDGED,
    /** The broker confirmed a batch of the outbox, which is not deleted yet. */
    PUBLISHED
}
