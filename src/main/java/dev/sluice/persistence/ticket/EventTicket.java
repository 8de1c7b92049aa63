package dev.sluice.persistence.ticket;

import java.time.Instant;
import java.util.Optional;

/**
 * The caller that a ticket for event streams stands for.
 *
 * @param tokenExpiry when the token of the caller expires; empty without authentication
 */
public record EventTicket(String userId, boolean admin, Optional<Instant> tokenExpiry) {}
