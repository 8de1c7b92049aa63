package dev.sluice.common.async;

/** Where work tells how far it is. Safe to call from any thread, cheap, never fails. */
@FunctionalInterface
public interface ProgressListener {
    /**
     * Says how much of this stage's work is done.
     *
     * @param fraction 0 to 1
     */
    void report(double fraction);

    /** Progress that nobody watches. */
    static ProgressListener noop() {
        return fraction -> {};
    }
}
