package dev.sluice.backend.job;

/** A request of a client is rejected; the message is sent to the client. */
public final class RequestRejectedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    public RequestRejectedException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public enum Reason {
        NOT_FOUND,
        /** The resource belongs to another user, or the operation is for administrators. */
        FORBIDDEN,
        /** A value in the request is invalid. */
        INVALID,
        /** The media item or upload is not a video. */
        NOT_A_VIDEO,
        /** The object does not exist in the object store. */
        OBJECT_NOT_FOUND,
        /** The upload exceeds the size limit. */
        TOO_LARGE,
        /** The resource was deleted or has expired. */
        GONE,
        /** The data does not match the declared checksum. */
        CHECKSUM_MISMATCH,
        /** A limit of concurrent requests is reached. */
        OVERLOADED,
        /** A quota of the user is exhausted. */
        QUOTA_EXCEEDED,
        /** The state of the resource does not allow the operation. */
        CONFLICT
    }

    public Reason reason() {
        return reason;
    }
}
