package dev.sluice.job;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why a run failed. The message is a sentence for users that names the value and the rule; the code decides whether the run is
 * retried.
 */
public final class JobException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final boolean deterministic;
    private final @Nullable String diagnostics;

    public JobException(ErrorCode code, String message) {
        this(code, message, null);
    }

    public JobException(ErrorCode code, String message, @Nullable Throwable cause) {
        this(code, message, cause, false, null);
    }

    private JobException(
            ErrorCode code,
            @Nullable String message,
            @Nullable Throwable cause,
            boolean deterministic,
            @Nullable String diagnostics) {
        super(message, cause);
        this.code = code;
        this.deterministic = deterministic;
        this.diagnostics = diagnostics;
    }

    /** A copy whose second occurrence in a row is permanent: the same work fails with the same message again. */
    public JobException asDeterministic() {
        return new JobException(code, getMessage(), getCause(), true, diagnostics);
    }

    /** A copy with details for administrators, which are stored with the attempt and never sent in an update. */
    public JobException withDiagnostics(String details) {
        return new JobException(code, getMessage(), getCause(), deterministic, details);
    }

    public ErrorCode code() {
        return code;
    }

    public FailureAction action() {
        return code.action();
    }

    /** Whether the same failure twice in a row is permanent. */
    public boolean isDeterministic() {
        return deterministic;
    }

    /** Details for administrators: the command and its error output; at most 4 KiB, without paths. */
    public Optional<String> diagnostics() {
        return Optional.ofNullable(diagnostics);
    }

    public String message() {
        return Optional.ofNullable(getMessage()).orElse(code.wire());
    }

    /** Returns a job exception as it is; any other exception is a bug and becomes {@link ErrorCode#INTERNAL_ERROR}. */
    public static JobException of(Throwable cause) {
        if (cause instanceof JobException failure) {
            return failure;
        }
        return new JobException(
                ErrorCode.INTERNAL_ERROR, "Internal error (" + cause.getClass().getSimpleName() + ").", cause);
    }
}
