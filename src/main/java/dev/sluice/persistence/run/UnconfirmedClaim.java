package dev.sluice.persistence.run;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.job.RunId;
import dev.sluice.persistence.db.Database;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Optional;

/**
 * A claim whose COMMIT was not answered: it may stand, and then nobody works on the run until its lease ends, and an attempt is
 * counted that never began.
 *
 * @param token and {@code started} together are this claim's alone: where it was rolled back, another worker's has the same token
 */
record UnconfirmedClaim(RunId run, String worker, int token, OffsetDateTime started) {
    private static final Duration UNTIL_RECONNECTED = Duration.ofMillis(250);
    // Waits for a COMMIT that is still under way, and has the next statement see what came of it.
    private static final String LOCK = """
            SELECT FROM sluice.stage_run WHERE job_id = $1 AND stage = $2 AND task = $3 FOR UPDATE
            """;
    private static final String REVOKE = RunSettlement.REVERT_ATTEMPT + """
                   sent_at = clock_timestamp()
             WHERE job_id = $1 AND stage = $2 AND task = $3 AND attempt = $4 AND state = 'running'
               AND worker = $5 AND started_at = $6
            """;

    /** Gives the run free as if it had not been tried, if the claim stands; fails when even that is not answered. */
    Future<Void> revoke(Database database) {
        // The pool may give the connection that was lost with the answer: it learns of that a moment later.
        return once(database)
                .recover(unanswered -> database.delay(new CancellationToken())
                        .await(UNTIL_RECONNECTED)
                        .compose(waited -> once(database)));
    }

    private Future<Void> once(Database database) {
        String job = run.job().value();
        String stage = run.stage().key();
        return database.transaction(session -> Future.all(
                                session.execute(LOCK, job, stage, run.task()),
                                session.execute(REVOKE, job, stage, run.task(), token, worker, started))
                        .map(Optional::of))
                .mapEmpty();
    }
}
