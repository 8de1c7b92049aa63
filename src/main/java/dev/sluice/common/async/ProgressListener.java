package dev.sluice.common.async;

/** Receives the progress of work. Safe to call from any thread, cheap, never fails. */
@FunctionalInterface
public interface ProgressListener {
    /**
     * Reports progress.
     *
     * @param fraction completed part of the stage's work, 0 to 1
     */
    void report(double fraction);

    /** Ignores progress. */
    static ProgressListener noop() {
        return fraction -> {};
    }
}
