package dev.sluice.job;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why work on a job failed, in words for the person who has to do something about it. The message is one sentence that
 * names the thing and the rule; whether to try again is a property of the code.
 */
public final class JobException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    public JobException(ErrorCode code, String sentence) {
        this(code, sentence, null);
    }

    public JobException(ErrorCode code, String sentence, @Nullable Throwable cause) {
        super(sentence, cause);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }

    public FailureAction action() {
        return code.action();
    }

    /** The sentence a person reads. */
    public String message() {
        return Optional.ofNullable(getMessage()).orElse(code.wire());
    }

    /** This failure as it is, or anything else as {@link ErrorCode#INTERNAL_ERROR}: an exception we do not know is a bug. */
    public static JobException of(Throwable cause) {
        if (cause instanceof JobException failure) {
            return failure;
        }
        return new JobException(
                ErrorCode.INTERNAL_ERROR,
                "Something went wrong inside Sluice (" + cause.getClass().getSimpleName() + ").",
                cause);
    }
}
