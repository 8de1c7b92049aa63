package dev.sluice.faults;

/**
 * A violated invariant.
 *
 * @param subject a job, a key, a queue or another resource
 */
record Violation(Invariant invariant, String subject, String detail) {
    /** What must hold after every run, whatever faults were injected. */
    enum Invariant {
        NOTHING_LOST,
        ENDS_ONCE,
        STAGES_END_ONCE,
        FAILURES_HAVE_REASONS,
        DUPLICATES_ARE_IDENTICAL,
        UPDATES_IN_ORDER,
        OUTPUTS_MATCH_COMPLETION,
        OUTPUTS_PLAY,
        NO_LATE_WRITES,
        STREAMS_ONLY_GROW,
        USER_TABLE_MATCHES,
        NOTHING_LEFT
    }

    @Override
    public String toString() {
        return invariant + " " + subject + ": " + detail;
    }
}
