package dev.sluice.backend.job;

import java.util.Optional;

/**
 * The authenticated client of a request.
 *
 * @param subject user ID, the owner of jobs and media items
 * @param admin whether the caller has access to everything
 */
public record Caller(String subject, boolean admin) {
    /** Owner of what has no other owner, and owner of what is created without authentication. */
    public static final String SYSTEM = "sluice";

    public static final String LOCAL = "local";

    /** @throws RequestRejectedException FORBIDDEN, if the name of a user who is no administrator is reserved */
    public Caller {
        if (!admin && (subject.equals(SYSTEM) || subject.equals(LOCAL))) {
            throw new RequestRejectedException(
                    RequestRejectedException.Reason.FORBIDDEN,
                    "The user name '" + subject + "' is reserved for Sluice.");
        }
    }

    /** Whether the caller has access to a resource of this owner; without an owner, only administrators have. */
    public boolean canAccess(Optional<String> owner) {
        return admin || owner.filter(subject::equals).isPresent();
    }
}
