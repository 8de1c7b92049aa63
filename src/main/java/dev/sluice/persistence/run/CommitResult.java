package dev.sluice.persistence.run;

/** Whether the fencing token of an attempt was still the newest when a run was settled. */
public enum CommitResult {
    /** Everything is committed, by this call or by an earlier one whose response was lost. */
    COMMITTED,
    /** Another attempt owns the run: nothing was changed. */
    FENCED
}
