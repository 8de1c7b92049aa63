package dev.sluice.faults;

/**
 * A promise that was broken.
 *
 * @param about a job, or what else it is about
 */
record Violation(Invariant invariant, String about, String what) {
    /** What holds after every run, whatever happened in it. */
    enum Invariant {
        NOTHING_LOST,
        ENDS_ONCE,
        STAGES_END_ONCE,
        FAILURES_HAVE_REASONS,
        REPEATS_ARE_IDENTICAL,
        NEWS_NEVER_GO_BACK,
        OUTPUTS_AS_ANNOUNCED,
        OUTPUTS_PLAY,
        NO_LATE_WRITES,
        USERS_TABLE_AGREES,
        NOTHING_LEFT
    }

    @Override
    public String toString() {
        return invariant + " " + about + ": " + what;
    }
}
