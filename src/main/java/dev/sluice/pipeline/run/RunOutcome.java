package dev.sluice.pipeline.run;

/** Outcome of a run for the delivery that started it. */
public enum RunOutcome {
    /** This call completed the run. */
    COMPLETED,
    /** The run was completed before, or its job has ended. */
    ALREADY_FINISHED,
    /** The rest of the work belongs to another worker or to another delivery. */
    NOT_COMPLETED
}
