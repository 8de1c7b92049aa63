package dev.sluice.backend.job;

import java.util.Optional;

/**
 * The authenticated client of a request.
 *
 * @param subject user ID, the owner of jobs and media items
 * @param admin whether the caller has access to everything
 */
public record Caller(String subject, boolean admin) {
    /** Whether the caller has access to a resource of this owner; without an owner, only administrators have. */
    public boolean canAccess(Optional<String> owner) {
        return admin || owner.filter(subject::equals).isPresent();
    }
}
