package dev.sluice.http.problem;

import dev.sluice.backend.job.RequestRejectedException;
import java.util.Locale;
import java.util.stream.Stream;

/** The codes of failed requests; each has a row in docs/error-codes.md. */
public enum ProblemCode {
    INVALID_REQUEST(400, "Bad Request", "The request cannot be read."),
    NOT_A_VIDEO(400, "Bad Request", "The media item is not a video."),
    OBJECT_NOT_FOUND(400, "Bad Request", "The source object does not exist in the object store."),
    UNAUTHORIZED(401, "Unauthorized", "A valid bearer token is needed."),
    FORBIDDEN(403, "Forbidden", "You do not have permission for this operation."),
    NOT_FOUND(404, "Not Found", "Resource not found."),
    METHOD_NOT_ALLOWED(405, "Method Not Allowed", "Method not allowed for this resource."),
    REQUEST_TIMEOUT(408, "Request Timeout", "The request was not received in time."),
    CONFLICT(409, "Conflict", "The resource is in a state that does not allow this operation."),
    GONE(410, "Gone", "The resource no longer exists."),
    UNSUPPORTED_TUS_VERSION(412, "Precondition Failed", "Tus-Resumable must be 1.0.0."),
    BODY_TOO_LARGE(413, "Content Too Large", "The body is larger than is allowed."),
    UNSUPPORTED_MEDIA_TYPE(415, "Unsupported Media Type", "Unsupported Content-Type."),
    TOO_MANY_REQUESTS(429, "Too Many Requests", "Too many requests from this address; try again in a second."),
    QUOTA_EXCEEDED(429, "Too Many Requests", "A quota of this user is exhausted."),
    CHECKSUM_MISMATCH(460, "Checksum Mismatch", "The received data does not match the declared checksum."),
    INTERNAL_ERROR(500, "Internal Server Error", "Internal error. See the server log."),
    OVERLOADED(503, "Service Unavailable", "The server is at capacity. Retry after the time in Retry-After."),
    SERVICE_UNAVAILABLE(503, "Service Unavailable", "A required service is unavailable. Retry later.");

    private final int status;
    private final String title;
    private final String defaultDetail;

    ProblemCode(int status, String title, String defaultDetail) {
        this.status = status;
        this.title = title;
        this.defaultDetail = defaultDetail;
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

    /** The first code with this status; other statuses map to invalid_request or internal_error. */
    static ProblemCode of(int status) {
        return Stream.of(values())
                .filter(code -> code.status == status && code != OVERLOADED)
                .findFirst()
                .orElse(status < 500 ? INVALID_REQUEST : INTERNAL_ERROR);
    }

    static ProblemCode of(RequestRejectedException.Reason reason) {
        return switch (reason) {
            case NOT_FOUND -> NOT_FOUND;
            case FORBIDDEN -> FORBIDDEN;
            case INVALID -> INVALID_REQUEST;
            case NOT_A_VIDEO -> NOT_A_VIDEO;
            case OBJECT_NOT_FOUND -> OBJECT_NOT_FOUND;
            case TOO_LARGE -> BODY_TOO_LARGE;
            case OVERLOADED -> OVERLOADED;
            case QUOTA_EXCEEDED -> QUOTA_EXCEEDED;
            case GONE -> GONE;
            case CHECKSUM_MISMATCH -> CHECKSUM_MISMATCH;
            case CONFLICT -> CONFLICT;
        };
    }
}
