package dev.sluice.persistence.recovery;

import dev.sluice.common.async.PayloadExecutor;
import dev.sluice.message.MessageCodec;
import dev.sluice.message.ReceivedUpdate;
import dev.sluice.message.json.InvalidMessageException;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.Rows;
import dev.sluice.persistence.db.SqlDurations;
import dev.sluice.persistence.db.SqlSession;
import dev.sluice.persistence.usertable.UserTables;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Restores user-table rows of ended jobs that a late write has set back: a backend that handles two updates of a job
 * concurrently may write them in the wrong order. Each end of a job is checked once, by any host. Threads: any.
 */
public final class FinalRowRepository {
    private static final int BATCH = 1000;

    private static final String SELECT_DUE = """
            SELECT job_id FROM sluice.published_update
             WHERE final_update IS NOT NULL AND published_at < clock_timestamp() - make_interval(secs => $1)
             ORDER BY published_at LIMIT $2
            """;
    private static final String LOCK_JOB =
            "SELECT state, media_id, finished_at FROM sluice.job WHERE id = $1 FOR NO KEY UPDATE";
    private static final String TAKE = """
            DELETE FROM sluice.published_update
             WHERE job_id = $1 AND final_update IS NOT NULL
               AND published_at < clock_timestamp() - make_interval(secs => $2)
            RETURNING final_update
            """;
    private static final String IS_NEWEST_OF_MEDIA = """
            SELECT NOT EXISTS (SELECT FROM sluice.job other
                                WHERE other.media_id = $1 AND other.id <> $2
                                  AND (other.state = 'running' OR other.finished_at > $3)) AS newest
            """;

    private static final String DISCARD = "DELETE FROM sluice.published_update WHERE final_update IS NOT NULL";

    private final Database database;
    private final UserTables tables;

    public FinalRowRepository(Database database, UserTables tables) {
        this.database = database;
        this.tables = tables;
    }

    /** Returns up to 1000 jobs whose final update was published at least {@code delay} ago and whose rows were not checked since. */
    public Future<List<String>> findDue(Duration delay) {
        return database.execute(SELECT_DUE, SqlDurations.toSeconds(delay), BATCH)
                .map(rows ->
                        Rows.stream(rows).map(row -> row.getString("job_id")).toList());
    }

    /** Checks the rows of a job, unless another host does; returns whether a row was restored. */
    public Future<Boolean> check(String job, Duration delay) {
        // The job first, as in all transactions.
        return database.transaction(session -> session.execute(LOCK_JOB, job)
                        .compose(locked -> session.execute(TAKE, job, SqlDurations.toSeconds(delay))
                                .compose(taken -> locked.size() == 0 || taken.size() == 0
                                        ? Future.succeededFuture(false)
                                        : restore(
                                                session,
                                                job,
                                                locked.iterator().next(),
                                                taken.iterator().next().getBuffer("final_update"))))
                        .map(Optional::of))
                .map(restored -> restored.orElse(false));
    }

    /** Forgets all ends of jobs without checking rows. */
    public Future<Void> discard() {
        return database.execute(DISCARD).mapEmpty();
    }

    private Future<Boolean> restore(SqlSession session, String id, Row job, Buffer body) {
        return PayloadExecutor.execute(body.length(), () -> MessageCodec.decodeUpdate(body))
                .compose(last -> restore(session, id, job, last))
                .recover(cause -> cause instanceof InvalidMessageException
                        ? Future.succeededFuture(false)
                        : Future.failedFuture(cause));
    }

    private Future<Boolean> restore(SqlSession session, String id, Row job, ReceivedUpdate last) {
        // A job that was restarted since then is not in this state.
        if (!job.getString("state").equals(last.status().name().toLowerCase(Locale.ROOT))) {
            return Future.succeededFuture(false);
        }
        return session.execute(IS_NEWEST_OF_MEDIA, job.getString("media_id"), id, job.getOffsetDateTime("finished_at"))
                .compose(rows -> tables.writer()
                        .restoreFinal(session, last, rows.iterator().next().getBoolean("newest")));
    }
}
