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
        UNKNOWN,
        /** It is somebody else's. */
        NOT_YOURS,
        /** It is nothing that this can be done with. */
        UNUSABLE,
        /** Its medium is no video. */
        NOT_A_VIDEO,
        /** Its object is not in the store. */
        NOT_IN_STORE,
        /** It is larger than may be. */
        TOO_LARGE,
        /** It was there, and is no more. */
        GONE,
        /** It has another checksum than was said. */
        OTHER_CHECKSUM,
        /** There is no room for it just now. */
        BUSY,
        /** Not as it stands now. */
        NOT_NOW
    }

    public Reason reason() {
        return reason;
    }
}
