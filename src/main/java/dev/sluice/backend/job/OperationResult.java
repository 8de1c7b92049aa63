package dev.sluice.backend.job;

/**
 * Result of an operation on a job or a dead letter.
 *
 * @param target ID of the job or dead letter
 * @param message for the operator
 */
public record OperationResult(String target, Kind kind, String message) {
    public enum Kind {
        APPLIED,
        /** The target does not exist. */
        NOT_FOUND,
        /** The state of the target does not allow the operation. */
        CONFLICT
    }

    public boolean isApplied() {
        return kind == Kind.APPLIED;
    }
}
