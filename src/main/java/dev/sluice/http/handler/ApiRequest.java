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
 * A request that its schema allows, and who asks.
 *
 * @param until when the caller's token ends; empty where there is none, or what is asked for takes no time
 */
public record ApiRequest(Caller caller, ValidatedRequest request, Optional<Instant> tokenExpiry) {
    public ApiRequest(Caller caller, ValidatedRequest request) {
        this(caller, request, Optional.empty());
    }

    /** When a token ends, by its own words. */
    public static Optional<Instant> tokenExpiry(Optional<User> user) {
        return user.map(known -> known.<Object>get("exp"))
                .filter(Number.class::isInstance)
                .map(seconds -> Instant.ofEpochSecond(((Number) seconds).longValue()));
    }

    /** A name in the path: one line of 1 to 255 characters, with nothing in it that an id cannot have. */
    public String pathParameter(String parameter) {
        String text = Objects.requireNonNull(request.getPathParameters().get(parameter))
                .getString();
        if (text.isBlank() || text.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidRequestException(
                    "The path's '" + parameter + "' is blank or has control characters in it.");
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
                        throw new InvalidRequestException(
                                "The parameter '" + parameter + "' has control characters in it.");
                    }
                    return text;
                });
    }

    Optional<Integer> intQuery(String parameter) {
        return Optional.ofNullable(request.getQuery().get(parameter))
                .filter(given -> !given.isNull())
                .map(RequestParameter::getInteger);
    }

    /** The body, an object; empty where there is none. */
    JsonObject body() {
        RequestParameter body = request.getBody();
        return body == null || body.isNull() || !body.isJsonObject() ? new JsonObject() : body.getJsonObject();
    }

    void requireAdmin() {
        if (!caller.admin()) {
            throw new RequestRejectedException(RequestRejectedException.Reason.FORBIDDEN, "This is for admins.");
        }
    }
}
