package dev.sluice.backend.job;

/**
 * What came of something that a person asked for.
 *
 * @param about the job or the dead letter
 * @param sentence for the person
 */
public record OperationResult(String target, Kind kind, String message) {
    /** Whether it was done, and if not, why. */
    public enum Kind {
        APPLIED,
        /** There is nothing of that name. */
        NOT_FOUND,
        /** It stands otherwise than it has to for this. */
        CONFLICT
    }

    public boolean isApplied() {
        return kind == Kind.APPLIED;
    }
}
