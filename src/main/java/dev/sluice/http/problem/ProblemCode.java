package dev.sluice.http.problem;

import dev.sluice.backend.job.RequestRejectedException;
import java.util.Locale;
import java.util.stream.Stream;

/** The closed list of what a request can end in but success; each has a row in docs/errors.md. */
public enum ProblemCode {
    INVALID_REQUEST(400, "Bad Request", "The request cannot be read."),
    NOT_A_VIDEO(400, "Bad Request", "The medium is not a video."),
    NOT_IN_STORE(400, "Bad Request", "The medium's object is not in the store."),
    UNAUTHORIZED(401, "Unauthorized", "A valid bearer token is needed."),
    FORBIDDEN(403, "Forbidden", "This is not yours to see or do."),
    NOT_FOUND(404, "Not Found", "There is nothing here."),
    METHOD_NOT_ALLOWED(405, "Method Not Allowed", "There is something here, but not by this method."),
    NOT_NOW(409, "Conflict", "Not as it stands now."),
    GONE(410, "Gone", "This was here, and is no more."),
    UNSUPPORTED_VERSION(412, "Precondition Failed", "The header Tus-Resumable has to be 1.0.0."),
    BODY_TOO_LARGE(413, "Content Too Large", "The body is larger than is allowed."),
    UNSUPPORTED_MEDIA_TYPE(415, "Unsupported Media Type", "The body is of another type than this takes."),
    TOO_MANY_REQUESTS(429, "Too Many Requests", "Too many requests from this address; try again in a second."),
    CHECKSUM_MISMATCH(460, "Checksum Mismatch", "What came has another checksum than was said."),
    INTERNAL_ERROR(500, "Internal Server Error", "Something went wrong inside Sluice; its log says what."),
    BUSY(503, "Service Unavailable", "There is no room for this just now; try again in a moment."),
    UNAVAILABLE(503, "Service Unavailable", "Something that is needed for this cannot be reached; try again later.");

    private final int status;
    private final String title;
    private final String defaultDetail;

    ProblemCode(int status, String title, String sentence) {
        this.status = status;
        this.title = title;
        this.defaultDetail = sentence;
    }

    public int status() {
        return status;
    }

    String title() {
        return title;
    }

    String defaultDetail() {
        return defaultDetail;
    }

    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The first with this status; another status counts as the plain one of its hundred. */
    static ProblemCode of(int status) {
        return Stream.of(values())
                .filter(code -> code.status == status && code != BUSY)
                .findFirst()
                .orElse(status < 500 ? INVALID_REQUEST : INTERNAL_ERROR);
    }

    static ProblemCode of(RequestRejectedException.Reason reason) {
        return switch (reason) {
            case NOT_FOUND -> NOT_FOUND;
            case FORBIDDEN -> FORBIDDEN;
            case INVALID -> INVALID_REQUEST;
            case NOT_A_VIDEO -> NOT_A_VIDEO;
            case OBJECT_NOT_FOUND -> NOT_IN_STORE;
            case TOO_LARGE -> BODY_TOO_LARGE;
            case OVERLOADED -> BUSY;
            case GONE -> GONE;
            case CHECKSUM_MISMATCH -> CHECKSUM_MISMATCH;
            case CONFLICT -> NOT_NOW;
        };
    }
}
