package dev.sluice.http.problem;

import dev.sluice.backend.job.RequestRejectedException;
import dev.sluice.broker.connection.BrokerException;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.validation.ValidatorException;
import java.util.Set;

/**
 * A problem document (RFC 9457).
 *
 * @param detail for users
 */
public record Problem(ProblemCode code, String detail) {
    public static final String CONTENT_TYPE = "application/problem+json";

    private static final Set<ErrorCode> UNAVAILABLE_CODES = Set.of(
            ErrorCode.DATABASE_UNAVAILABLE,
            ErrorCode.STORE_UNAVAILABLE,
            ErrorCode.STORE_REFUSED,
            ErrorCode.STORE_UNSUPPORTED);

    JsonObject toJson() {
        return new JsonObject()
                .put("type", "about:blank")
                .put("title", code.title())
                .put("status", code.status())
                .put("code", code.wire())
                .put("detail", detail);
    }

    /** The problem for a failure. An unknown failure is a bug; its message is not disclosed. */
    static Problem of(Throwable cause) {
        if (cause instanceof ProblemException problem) {
            return new Problem(problem.code, problem.code.defaultDetail());
        }
        if (cause instanceof RequestRejectedException rejection) {
            return new Problem(ProblemCode.of(rejection.reason()), String.valueOf(rejection.getMessage()));
        }
        if (cause instanceof InvalidRequestException invalid) {
            return new Problem(ProblemCode.INVALID_REQUEST, String.valueOf(invalid.getMessage()));
        }
        if (cause instanceof ValidatorException invalid) {
            return new Problem(ProblemCode.INVALID_REQUEST, String.valueOf(invalid.getMessage()));
        }
        if (cause instanceof JobException failure && UNAVAILABLE_CODES.contains(failure.code())) {
            return unavailable(failure.code() == ErrorCode.DATABASE_UNAVAILABLE ? "database" : "object store");
        }
        if (cause instanceof BrokerException) {
            return unavailable("broker");
        }
        return new Problem(ProblemCode.INTERNAL_ERROR, ProblemCode.INTERNAL_ERROR.defaultDetail());
    }

    private static Problem unavailable(String service) {
        return new Problem(ProblemCode.SERVICE_UNAVAILABLE, "The " + service + " is unavailable. Retry later.");
    }

    /** The problem for a status set by the router. */
    static Problem of(int status) {
        ProblemCode code = ProblemCode.of(status);
        return new Problem(code, code.defaultDetail());
    }

    /** A problem with the default detail of its code. */
    public static final class ProblemException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final ProblemCode code;

        public ProblemException(ProblemCode code) {
            super(code.defaultDetail());
            this.code = code;
        }
    }
}
