package dev.sluice.job;

import java.util.Locale;

/** The closed list of reasons why a run fails; sent as {@code error_code}. Each has a row in docs/error-codes.md. */
public enum ErrorCode {
    // Request
    INVALID_MESSAGE(FailureAction.FAIL),
    UNSUPPORTED_MEDIA_TYPE(FailureAction.FAIL),
    UNKNOWN_JOB(FailureAction.FAIL),
    UNKNOWN_PROFILE(FailureAction.FAIL),
    // Source object
    OBJECT_NOT_FOUND(FailureAction.FAIL),
    OBJECT_CHANGED(FailureAction.RETRY),
    CHECKSUM_MISMATCH(FailureAction.RETRY),
    TOO_LARGE(FailureAction.FAIL),
    // Source video
    EMPTY_FILE(FailureAction.FAIL),
    NOT_A_VIDEO(FailureAction.FAIL),
    NO_VIDEO_STREAM(FailureAction.FAIL),
    STILL_IMAGE(FailureAction.FAIL),
    PLAYLIST(FailureAction.FAIL),
    UNREADABLE(FailureAction.FAIL),
    ENCRYPTED(FailureAction.FAIL),
    UNSUPPORTED_CODEC(FailureAction.FAIL),
    UNSUPPORTED_DOLBY_VISION(FailureAction.FAIL),
    NO_FRAMES(FailureAction.FAIL),
    TOO_LONG(FailureAction.FAIL),
    TOO_MANY_PIXELS(FailureAction.FAIL),
    TOO_MANY_STREAMS(FailureAction.FAIL),
    // Processing
    FFMPEG_FAILED(FailureAction.RETRY),
    FILTER_FAILED(FailureAction.FAIL),
    ENCODE_FAILED(FailureAction.FAIL),
    FFMPEG_STALLED(FailureAction.RETRY),
    MEMORY_EXCEEDED(FailureAction.FAIL),
    OUTPUT_EXCEEDED(FailureAction.FAIL),
    TIME_EXCEEDED(FailureAction.FAIL),
    OUTPUT_INVALID(FailureAction.FAIL),
    MESSAGE_TOO_LARGE(FailureAction.FAIL),
    DISK_FULL(FailureAction.RETRY),
    DISK_LOW(FailureAction.DEFER),
    DISK_TOO_SMALL(FailureAction.FAIL),
    FILES_MISSING(FailureAction.FAIL),
    // Services
    STORE_UNAVAILABLE(FailureAction.RETRY),
    STORE_REFUSED(FailureAction.RETRY),
    STORE_UNSUPPORTED(FailureAction.FAIL),
    DATABASE_UNAVAILABLE(FailureAction.RETRY),
    // Worker
    WORKER_LOST(FailureAction.FAIL),
    INTERNAL_ERROR(FailureAction.RETRY),
    SHUTDOWN(FailureAction.REQUEUE),
    LEASE_LOST(FailureAction.ABANDON),
    // Operator
    CANCELLED(FailureAction.ABANDON);

    private final FailureAction action;

    ErrorCode(FailureAction action) {
        this.action = action;
    }

    /** The value of {@code error_code}: the name in lower case. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    public FailureAction action() {
        return action;
    }
}
