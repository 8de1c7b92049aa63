package dev.sluice.job;

/** How a failed run is settled. */
public enum FailureAction {
    /** Possibly transient: retry after a delay, until the attempts are exhausted. */
    RETRY,
    /** Permanent: fail the job. */
    FAIL,
    /** The host lacks a resource: redeliver the message after a delay, without counting the attempt. */
    DEFER,
    /** Shutdown: requeue the delivery, without counting the attempt. */
    REQUEUE,
    /** The run is owned by another worker or its job is cancelled: write and publish nothing. */
    ABANDON
}
