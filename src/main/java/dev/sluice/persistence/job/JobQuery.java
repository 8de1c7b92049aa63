package dev.sluice.persistence.job;

import java.time.OffsetDateTime;
import java.util.Optional;

/**
 * Which jobs are asked for.
 *
 * @param status PENDING, PROCESSING, COMPLETED or FAILED
 * @param before only jobs behind this one; empty: from the newest
 * @param limit how many at the most
 */
public record JobQuery(
        Optional<String> userId, Optional<String> mediaId, Optional<String> status, Optional<Cursor> after, int limit) {

    /** A job's place in the list. */
    public record Cursor(OffsetDateTime created, String id) {}
}
