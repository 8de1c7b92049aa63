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

    public static OperationResult applied(String target, String message) {
        return new OperationResult(target, Kind.APPLIED, message);
    }

    public static OperationResult notFound(String target, String message) {
        return new OperationResult(target, Kind.NOT_FOUND, message);
    }

    public static OperationResult conflict(String target, String message) {
        return new OperationResult(target, Kind.CONFLICT, message);
    }

    public boolean isApplied() {
        return kind == Kind.APPLIED;
    }
}
