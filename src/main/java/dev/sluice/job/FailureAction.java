package dev.sluice.job;

/** What becomes of a delivery whose work failed. */
public enum FailureAction {
    /** Something that may pass: try again after a while, until the attempts are used up. */
    RETRY,
    /** Trying again would end the same way: the job is FAILED now. */
    FAIL,
    /** Not now, and not the job's fault: the message comes back after a while, the attempt is not counted. */
    DEFER,
    /** Not the job's fault (shutdown): give the delivery back, the attempt is not counted. */
    REQUEUE,
    /** The run is somebody else's by now, or was ended by a person: write nothing, announce nothing. */
    ABANDON
}
