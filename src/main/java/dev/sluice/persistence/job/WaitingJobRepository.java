package dev.sluice.persistence.job;

import dev.sluice.job.JobId;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.Rows;
import dev.sluice.persistence.db.SqlSession;
import dev.sluice.persistence.outbox.Outbox;
import dev.sluice.persistence.outbox.OutboxMessage;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Jobs that were created through the API and whose first message is not sent yet. A queue of the broker is a FIFO: what is sent
 * keeps all later jobs waiting, also those of other users. Therefore jobs wait here, and only as many are sent as workers soon
 * need.
 */
public final class WaitingJobRepository {
    private static final String EXISTS = """
            SELECT EXISTS (SELECT FROM sluice.stage_run
                            WHERE state = 'waiting' AND sent_at = 'infinity' AND stage = 'download') AS waiting
            """;
    private static final String LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('sluice waiting jobs', 0))";
    // Half as many sent jobs wait for a worker as are running, so that a slot that becomes free is used at once. A job
    // that
    // waits for a retry is not counted, and none after a minute without a running job: their messages may be lost.
    private static final String SEND = """
            WITH sent AS MATERIALIZED (
                SELECT j.id, j.submitted_by,
                       EXISTS (SELECT FROM sluice.stage_run r WHERE r.job_id = j.id AND r.state = 'running'
                                  AND r.lease_until > clock_timestamp()) AS running,
                       (SELECT max(r.sent_at) FROM sluice.stage_run r
                         WHERE r.job_id = j.id AND r.state IN ('waiting', 'running')
                           AND r.sent_at <= clock_timestamp()) AS due
                  FROM sluice.job j
                 WHERE j.submitted_by IS NOT NULL AND j.state = 'running'
                   AND NOT EXISTS (SELECT FROM sluice.stage_run d WHERE d.job_id = j.id AND d.stage = 'download'
                                      AND d.state = 'waiting' AND d.sent_at = 'infinity')),
            capacity AS MATERIALIZED (
                SELECT greatest(2, (count(*) FILTER (WHERE running) + 1) / 2)
                       - count(*) FILTER (WHERE NOT running AND due > CASE
                             WHEN EXISTS (SELECT FROM sent WHERE running) THEN '-infinity'
                             ELSE clock_timestamp() - interval '1 min' END) AS jobs FROM sent),
            waiting AS (
                SELECT j.id, j.created_at,
                       row_number() OVER (PARTITION BY j.submitted_by ORDER BY j.created_at, j.id)
                       + (SELECT count(*) FROM sent s WHERE s.submitted_by = j.submitted_by) AS rank
                  FROM sluice.stage_run d JOIN sluice.job j ON j.id = d.job_id AND j.state = 'running'
                 WHERE d.state = 'waiting' AND d.sent_at = 'infinity' AND d.stage = 'download'
                   AND (SELECT jobs FROM capacity) > 0),
            next AS (
                SELECT id, rank, created_at FROM waiting
                 WHERE rank <= $1 ORDER BY rank, created_at, id LIMIT (SELECT greatest(0, jobs) FROM capacity)),
            started AS (
                UPDATE sluice.stage_run r SET sent_at = clock_timestamp()
                  FROM next WHERE r.job_id = next.id AND r.stage = 'download' AND r.state = 'waiting'
                RETURNING r.job_id, r.task)
            SELECT s.job_id, s.task, j.message::text AS message
              FROM started s JOIN next ON next.id = s.job_id JOIN sluice.job j ON j.id = s.job_id
             ORDER BY next.rank, next.created_at, next.id
            """;

    private final Database database;
    private final BiFunction<RunId, String, OutboxMessage> message;

    /** @param message builds the message that starts a run from the ID of the run and the stored staged job, as JSON */
    public WaitingJobRepository(Database database, BiFunction<RunId, String, OutboxMessage> message) {
        this.database = database;
        this.message = message;
    }

    /**
     * Enqueues the messages of the next jobs and returns their IDs: of the user with the fewest unfinished jobs that are sent
     * first, and among the jobs of a user the oldest first. Any process may call it at any time.
     *
     * @param maxPerUser sent jobs of each user that have not ended
     */
    public Future<List<JobId>> send(int maxPerUser) {
        return database.execute(EXISTS)
                .compose(found -> found.iterator().next().getBoolean("waiting")
                        ? database.transaction(session -> session.execute(LOCK)
                                        .compose(locked -> session.execute(SEND, (long) maxPerUser))
                                        .compose(rows -> enqueue(
                                                session, Rows.stream(rows).toList()))
                                        .map(Optional::of))
                                .map(sent -> sent.orElse(List.of()))
                        : Future.succeededFuture(List.of()));
    }

    private Future<List<JobId>> enqueue(SqlSession session, List<Row> rows) {
        List<JobId> jobs =
                rows.stream().map(row -> new JobId(row.getString("job_id"))).toList();
        return Future.all(rows.stream()
                        .map(row -> Outbox.enqueue(
                                session,
                                message.apply(
                                        new RunId(
                                                new JobId(row.getString("job_id")),
                                                StageName.DOWNLOAD,
                                                row.getInteger("task")),
                                        row.getString("message"))))
                        .toList())
                .map(enqueued -> jobs);
    }
}
