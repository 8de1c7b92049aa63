package dev.sluice.job;

import java.util.Locale;

/**
 * The closed list of reasons for which work fails. The code goes out as {@code error_code}; each has a row in
 * docs/errors.md.
 */
public enum ErrorCode {
    // The request
    INVALID_MESSAGE(Verdict.FAIL),
    UNSUPPORTED_MEDIA_TYPE(Verdict.FAIL),
    UNKNOWN_JOB(Verdict.FAIL),
    // The source object
    OBJECT_NOT_FOUND(Verdict.FAIL),
    OBJECT_CHANGED(Verdict.RETRY),
    CHECKSUM_MISMATCH(Verdict.RETRY),
    TOO_LARGE(Verdict.FAIL),
    // The video
    EMPTY_FILE(Verdict.FAIL),
    NOT_A_VIDEO(Verdict.FAIL),
    NO_VIDEO_STREAM(Verdict.FAIL),
    STILL_IMAGE(Verdict.FAIL),
    PLAYLIST(Verdict.FAIL),
    UNREADABLE(Verdict.FAIL),
    ENCRYPTED(Verdict.FAIL),
    UNSUPPORTED_CODEC(Verdict.FAIL),
    NO_FRAMES(Verdict.FAIL),
    TOO_LONG(Verdict.FAIL),
    TOO_MANY_PIXELS(Verdict.FAIL),
    TOO_MANY_STREAMS(Verdict.FAIL),
    // The work
    FFMPEG_FAILED(Verdict.RETRY),
    FFMPEG_STALLED(Verdict.RETRY),
    MEMORY_EXCEEDED(Verdict.FAIL),
    OUTPUT_EXCEEDED(Verdict.FAIL),
    TIME_EXCEEDED(Verdict.FAIL),
    OUTPUT_INVALID(Verdict.RETRY),
    MESSAGE_TOO_LARGE(Verdict.FAIL),
    DISK_FULL(Verdict.RETRY),
    DISK_LOW(Verdict.POSTPONE),
    DISK_TOO_SMALL(Verdict.FAIL),
    FILES_MISSING(Verdict.FAIL),
    // The services
    STORE_UNAVAILABLE(Verdict.RETRY),
    STORE_REFUSED(Verdict.RETRY),
    DATABASE_UNAVAILABLE(Verdict.RETRY),
    // Ours
    WORKER_LOST(Verdict.FAIL),
    INTERNAL_ERROR(Verdict.RETRY),
    SHUTDOWN(Verdict.RELEASE),
    LEASE_LOST(Verdict.ABANDON),
    // A person's
    CANCELLED(Verdict.ABANDON);

    private final Verdict verdict;

    ErrorCode(Verdict verdict) {
        this.verdict = verdict;
    }

    /** The code on the wire: the name in lower case. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    public Verdict verdict() {
        return verdict;
    }
}
