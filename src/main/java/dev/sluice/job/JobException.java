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

    public JobException(ErrorCode code, String message) {
        this(code, message, null);
    }

    public JobException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }

    public FailureAction action() {
        return code.action();
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
