package dev.sluice.backend.job;

/**
 * What came of something that a person asked for.
 *
 * @param about the job or the dead letter
 * @param sentence for the person
 */
public record OperationResult(String about, Kind kind, String sentence) {
    /** Whether it was done, and if not, why. */
    public enum Kind {
        DONE,
        /** There is nothing of that name. */
        UNKNOWN,
        /** It stands otherwise than it has to for this. */
        REFUSED
    }

    public boolean isDone() {
        return kind == Kind.DONE;
    }
}
