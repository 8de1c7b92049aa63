package dev.sluice.persistence.job;

import java.time.OffsetDateTime;
import java.util.Optional;

/**
 * A query for jobs, newest first.
 *
 * @param status PENDING, PROCESSING, COMPLETED or FAILED
 * @param state a {@link JobDetails.State} in lower case
 * @param after the last job of the previous page; empty: from the newest job
 * @param limit maximum number of jobs
 */
public record JobQuery(
        Optional<String> userId,
        Optional<String> mediaId,
        Optional<String> status,
        Optional<String> state,
        Optional<Cursor> after,
        int limit) {

    /** The position of a job in the list. */
    public record Cursor(OffsetDateTime created, String id) {}
}
