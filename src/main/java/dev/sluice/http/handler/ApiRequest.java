package dev.sluice.http.handler;

import dev.sluice.backend.job.Caller;
import dev.sluice.backend.job.RequestRejectedException;
import dev.sluice.http.problem.InvalidRequestException;
import dev.sluice.job.JobId;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.User;
import io.vertx.openapi.validation.RequestParameter;
import io.vertx.openapi.validation.ValidatedRequest;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * An authenticated request that matches its schema.
 *
 * @param tokenExpiry of the caller's token; empty without authentication
 */
public record ApiRequest(Caller caller, ValidatedRequest request, Optional<Instant> tokenExpiry) {
    /** The expiration time ({@code exp}) of a token. */
    public static Optional<Instant> tokenExpiry(Optional<User> user) {
        return user.map(found -> found.<Object>get("exp"))
                .filter(Number.class::isInstance)
                .map(seconds -> Instant.ofEpochSecond(((Number) seconds).longValue()));
    }

    /** A path parameter: 1 to 255 characters, not blank, without control characters. */
    public String pathParameter(String parameter) {
        String text = Objects.requireNonNull(request.getPathParameters().get(parameter))
                .getString();
        if (text.isBlank() || text.chars().anyMatch(Character::isISOControl)) {
            throw InvalidRequestException.of(
                    "Path parameter '" + parameter + "'", text, "a text that is not blank, without control characters");
        }
        return text;
    }

    public JobId jobId() {
        return new JobId(pathParameter("jobId"));
    }

    public Optional<String> query(String parameter) {
        return Optional.ofNullable(request.getQuery().get(parameter))
                .filter(given -> !given.isNull())
                .map(RequestParameter::getString)
                .map(text -> {
                    if (text.chars().anyMatch(Character::isISOControl)) {
                        throw InvalidRequestException.of(
                                "Query parameter '" + parameter + "'", text, "a text without control characters");
                    }
                    return text;
                });
    }

    Optional<Integer> intQuery(String parameter) {
        return Optional.ofNullable(request.getQuery().get(parameter))
                .filter(given -> !given.isNull())
                .map(RequestParameter::getInteger);
    }

    /** The body; an empty object if there is none. */
    JsonObject body() {
        RequestParameter body = request.getBody();
        return body == null || body.isNull() || !body.isJsonObject() ? new JsonObject() : body.getJsonObject();
    }

    void requireAdmin() {
        if (!caller.admin()) {
            throw new RequestRejectedException(
                    RequestRejectedException.Reason.FORBIDDEN, "Administrator role required.");
        }
    }
}
