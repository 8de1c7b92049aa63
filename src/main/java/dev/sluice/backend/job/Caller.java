package dev.sluice.backend.job;

import java.util.Optional;

/**
 * Who asks.
 *
 * @param subject whose media are his
 * @param admin whether he may see and do everything
 */
public record Caller(String subject, boolean admin) {
    /** Whether something of this owner is his to see; what nobody owns is an admin's. */
    public boolean canAccess(Optional<String> owner) {
        return admin || owner.filter(subject::equals).isPresent();
    }
}
