package dev.sluice.persistence.recovery;

import dev.sluice.common.async.PayloadExecutor;
import dev.sluice.job.JobId;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.SqlDurations;
import dev.sluice.persistence.db.SqlSession;
import dev.sluice.persistence.outbox.Outbox;
import dev.sluice.persistence.outbox.OutboxMessage;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds runs of running jobs that no worker processes, and resends their messages. A superfluous message is harmless,
 * because a run is claimed only once; therefore every host may search.
 */
public final class LostMessageRepository {
    /** Rows per statement: a broker that lost its disk lost thousands of messages, too many for one statement. */
    static final int BATCH = 200;
    /** Of the messages of a statement, which the process holds in memory; one message may exceed it. */
    static final int BATCH_BYTES = 4 << 20;

    /** Stages in order: a run is due once all earlier stages are done, also after a restart at an earlier stage. */
    private static final String STAGES = Stream.of(StageName.values())
            .map(stage -> "'" + stage.key() + "'")
            .collect(Collectors.joining(", ", "ARRAY[", "]"));

    // Resent once per expired lease, then only after the second interval: the broker may redeliver the message as well.
    private static final String RESEND_EXPIRED = resend("""
            o.state = 'running' AND o.lease_until < clock_timestamp() - make_interval(secs => $1)
               AND (o.sent_at < o.lease_until OR o.sent_at < clock_timestamp() - make_interval(secs => $2))""");
    private static final String COUNT_WAITING = """
            SELECT r.stage, count(*) AS waiting,
                   count(*) FILTER (WHERE r.sent_at < clock_timestamp() - make_interval(secs => $1)) AS overdue
              FROM sluice.stage_run r JOIN sluice.job j ON j.id = r.job_id AND j.state = 'running'
             WHERE r.state = 'waiting' AND r.sent_at < 'infinity' AND NOT EXISTS (SELECT FROM sluice.stage_run e
                                WHERE e.job_id = r.job_id AND e.state <> 'done'
                                  AND array_position(%1$s, e.stage) < array_position(%1$s, r.stage))
             GROUP BY r.stage
            """.formatted(STAGES);
    // A message that is still in the outbox is not lost: while the relay is behind, no message is resent. A final
    // update may wait for its distance.
    private static final String RESEND_UNCLAIMED = resend("""
            o.state = 'waiting' AND o.stage = $1
               AND NOT EXISTS (SELECT FROM sluice.stage_run e
                                WHERE e.job_id = o.job_id AND e.state <> 'done'
                                  AND array_position(%1$s, e.stage) < array_position(%1$s, o.stage))
               AND o.sent_at < clock_timestamp() - make_interval(secs => $2)
               AND NOT EXISTS (SELECT FROM sluice.outbox
                                WHERE publish_after < clock_timestamp() - interval '10 s' AND NOT is_final)""".formatted(STAGES));

    private final Database database;
    private final BiFunction<RunId, String, OutboxMessage> message;

    /**
     * Creates a repository on this database.
     *
     * @param message builds the message that starts a run from the ID of the run and the stored staged job,
     *     as JSON
     */
    public LostMessageRepository(Database database, BiFunction<RunId, String, OutboxMessage> message) {
        this.database = database;
        this.message = message;
    }

    /** Marks the first runs, by the time of their last message, of those that meet a condition, as sent. */
    private static String resend(String condition) {
        return """
            WITH due AS MATERIALIZED (
                SELECT o.job_id, o.stage, o.task, o.sent_at, j.message
                  FROM sluice.stage_run o JOIN sluice.job j ON j.id = o.job_id AND j.state = 'running'
                 WHERE %s
                 ORDER BY o.sent_at LIMIT $3 FOR UPDATE OF o SKIP LOCKED),
            sized AS (
                SELECT job_id, stage, task, message::text AS message,
                       sum(octet_length(message::text)) OVER (
                           ORDER BY sent_at, job_id, stage, task ROWS UNBOUNDED PRECEDING EXCLUDE CURRENT ROW) AS before
                  FROM due)
            UPDATE sluice.stage_run r SET sent_at = clock_timestamp()
              FROM sized s
             WHERE (r.job_id, r.stage, r.task) = (s.job_id, s.stage, s.task) AND coalesce(s.before, 0) < %d
            RETURNING r.job_id, r.stage, r.task, s.message
            """.formatted(condition, BATCH_BYTES);
    }

    /**
     * Numbers of runs of one stage that wait to be claimed.
     *
     * @param total number of runs
     * @param overdue number of these runs that have waited longer than the requested time
     */
    public record Backlog(long total, long overdue) {
        /** Returns how many overdue runs have no message among the {@code there} in the queue; 0 or less: none. */
        public long missing(long there) {
            return Math.min(overdue, total - there);
        }
    }

    /**
     * Resends the messages of runs whose lease expired at least {@code gracePeriod} ago: their worker is frozen, or
     * disconnected without the broker having noticed. Returns the runs, which are not all if there are many or their messages are
     * large.
     *
     * @param again time after which a resent message whose run is still not claimed is resent once more
     */
    public Future<List<RunId>> resendExpired(Duration gracePeriod, Duration again) {
        return send(RESEND_EXPIRED, SqlDurations.toSeconds(gracePeriod), SqlDurations.toSeconds(again), BATCH);
    }

    /** Counts the waiting runs of each stage; stages without waiting runs are omitted. */
    public Future<Map<StageName, Backlog>> backlogs(Duration overdueAfter) {
        return database.execute(COUNT_WAITING, SqlDurations.toSeconds(overdueAfter))
                .map(rows -> {
                    Map<StageName, Backlog> backlogs = new EnumMap<>(StageName.class);
                    rows.forEach(row -> backlogs.put(
                            StageName.of(row.getString("stage")),
                            new Backlog(row.getLong("waiting"), row.getLong("overdue"))));
                    return backlogs;
                });
    }

    /**
     * Resends the messages of up to {@code limit} runs not claimed for {@code overdueAfter}, oldest first. Returns the runs, which are
     * fewer if there are many or their messages are large; none only if no run is left.
     */
    public Future<List<RunId>> resendUnclaimed(StageName stage, Duration overdueAfter, long limit) {
        return send(RESEND_UNCLAIMED, stage.key(), SqlDurations.toSeconds(overdueAfter), (int) Math.min(BATCH, limit));
    }

    private Future<List<RunId>> send(String sql, Object... parameters) {
        return database.transaction(session -> session.execute(sql, parameters)
                        .compose(rows -> enqueue(session, rows))
                        .map(sent -> sent.isEmpty() ? Optional.<List<RunId>>empty() : Optional.of(sent)))
                .map(sent -> sent.orElse(List.of()));
    }

    private Future<List<RunId>> enqueue(SqlSession session, RowSet<Row> rows) {
        List<RunId> runs = new ArrayList<>();
        List<Future<?>> enqueued = new ArrayList<>();
        for (Row row : rows) {
            RunId run = new RunId(
                    new JobId(row.getString("job_id")), StageName.of(row.getString("stage")), row.getInteger("task"));
            runs.add(run);
            String job = row.getString("message");
            enqueued.add(PayloadExecutor.execute(job.length(), () -> message.apply(run, job))
                    .compose(resent -> Outbox.enqueue(session, resent)));
        }
        return Future.all(enqueued).map(all -> runs);
    }
}
