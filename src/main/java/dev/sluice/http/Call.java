package dev.sluice.http;

import dev.sluice.backend.Caller;
import dev.sluice.backend.Refusal;
import dev.sluice.job.JobId;
import io.vertx.openapi.validation.RequestParameter;
import io.vertx.openapi.validation.ValidatedRequest;
import java.util.Objects;
import java.util.Optional;

/** A request that its schema allows, and who asks. */
record Call(Caller caller, ValidatedRequest request) {
    /** A name in the path: one line of 1 to 255 characters, with nothing in it that an id cannot have. */
    String name(String parameter) {
        String text = Objects.requireNonNull(request.getPathParameters().get(parameter))
                .getString();
        if (text.isBlank() || text.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidRequest("The path's '" + parameter + "' is blank or has control characters in it.");
        }
        return text;
    }

    JobId job() {
        return new JobId(name("jobId"));
    }

    Optional<String> query(String parameter) {
        return Optional.ofNullable(request.getQuery().get(parameter))
                .filter(given -> !given.isNull())
                .map(RequestParameter::getString)
                .map(text -> {
                    if (text.chars().anyMatch(Character::isISOControl)) {
                        throw new InvalidRequest("The parameter '" + parameter + "' has control characters in it.");
                    }
                    return text;
                });
    }

    Optional<Integer> number(String parameter) {
        return Optional.ofNullable(request.getQuery().get(parameter))
                .filter(given -> !given.isNull())
                .map(RequestParameter::getInteger);
    }

    void requireAdmin() {
        if (!caller.admin()) {
            throw new Refusal(Refusal.Reason.NOT_YOURS, "This is for admins.");
        }
    }
}
