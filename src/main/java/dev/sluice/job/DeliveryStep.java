package dev.sluice.job;

/** A point in the life of a delivery between two steps, each of which is durable on its own. */
public enum DeliveryStep {
    /** The claim is granted, no work is done yet. */
    CLAIMED,
    /** The work is done, nothing of it is committed. */
    PROCESSED,
    /** The result is committed, the delivery is not acknowledged. */
    COMMITTED,
    /** The delivery is acknowledged. */
    ACKNOWLEDGED,
    /** What was in the outbox is confirmed by the broker, and still in the outbox. */
    PUBLISHED
}
