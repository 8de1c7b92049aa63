package dev.sluice.persistence.run;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.job.RunId;
import dev.sluice.persistence.db.Database;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Optional;

/**
 * A claim whose commit outcome is unknown. If it was committed, the run would be blocked until the lease expires, and an attempt
 * counted that never started.
 *
 * @param token not unique: after a rollback, the claim of another worker gets the same token
 * @param started identifies this claim together with the token and the worker
 */
record UnconfirmedClaim(RunId run, String worker, int token, OffsetDateTime started) {
    private static final Duration RETRY_DELAY = Duration.ofMillis(250);
    // Waits for a COMMIT in progress, so that the next statement sees its outcome.
    private static final String LOCK = """
            SELECT FROM sluice.stage_run WHERE job_id = $1 AND stage = $2 AND task = $3 FOR UPDATE
            """;
    private static final String REVOKE = RunSettlement.REVERT_ATTEMPT + """
                   sent_at = clock_timestamp()
             WHERE job_id = $1 AND stage = $2 AND task = $3 AND attempt = $4 AND state = 'running'
               AND worker = $5 AND started_at = $6
            """;

    /** Reverts the claim if it was committed; fails if the database does not respond. */
    Future<Void> revoke(Database database) {
        // The pool may return the broken connection once more before it detects the failure.
        return tryRevoke(database)
                .recover(failure -> database.delay(new CancellationToken())
                        .await(RETRY_DELAY)
                        .compose(waited -> tryRevoke(database)));
    }

    private Future<Void> tryRevoke(Database database) {
        String job = run.job().value();
        String stage = run.stage().key();
        return database.transaction(session -> Future.all(
                                session.execute(LOCK, job, stage, run.task()),
                                session.execute(REVOKE, job, stage, run.task(), token, worker, started))
                        .map(Optional::of))
                .mapEmpty();
    }
}
