package dev.sluice.backend.job;

/** What is asked for cannot be had; the message is a sentence for who asks. */
public final class RequestRejectedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    public RequestRejectedException(Reason reason, String sentence) {
        super(sentence);
        this.reason = reason;
    }

    /** Why. */
    public enum Reason {
        /** There is nothing of that name. */
        NOT_FOUND,
        /** It is somebody else's. */
        FORBIDDEN,
        /** It is nothing that this can be done with. */
        INVALID,
        /** Its medium is no video. */
        NOT_A_VIDEO,
        /** Its object is not in the store. */
        OBJECT_NOT_FOUND,
        /** It is larger than may be. */
        TOO_LARGE,
        /** It was there, and is no more. */
        GONE,
        /** It has another checksum than was said. */
        CHECKSUM_MISMATCH,
        /** There is no room for it just now. */
        OVERLOADED,
        /** Not as it stands now. */
        CONFLICT
    }

    public Reason reason() {
        return reason;
    }
}
