package dev.sluice.persistence.recovery;

import dev.sluice.job.JobId;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.SqlDurations;
import dev.sluice.persistence.db.SqlSession;
import dev.sluice.persistence.outbox.Outbox;
import dev.sluice.persistence.outbox.OutboxMessage;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs that nobody works on though their jobs go on, and whose message therefore has to be sent again. A message too many is
 * harmless, because a run is claimed once; so every host may look.
 */
public final class LostMessageRepository {
    /** Rows of one look: a broker that lost its disk loses thousands of messages, and one statement is not to hold them all. */
    static final int BATCH = 200;

    /** A run is owed once the stages before it are done; a job that was started again from an earlier one owes that first. */
    private static final String STAGES = Stream.of(StageName.values())
            .map(stage -> "'" + stage.key() + "'")
            .collect(Collectors.joining(", ", "ARRAY[", "]"));

    // Sent once for each lease that ended: what the broker delivers again by itself arrives as well.
    private static final String SILENT = """
            UPDATE sluice.stage_run r SET sent_at = clock_timestamp()
              FROM sluice.job j
             WHERE j.id = r.job_id AND j.state = 'running'
               AND (r.job_id, r.stage, r.task) IN (
                   SELECT o.job_id, o.stage, o.task FROM sluice.stage_run o
                    WHERE o.state = 'running' AND o.lease_until < clock_timestamp() - make_interval(secs => $1)
                      AND (o.sent_at < o.lease_until
                           OR o.sent_at < clock_timestamp() - make_interval(secs => $2))
                    ORDER BY o.sent_at LIMIT $3 FOR UPDATE SKIP LOCKED)
            RETURNING r.job_id, r.stage, r.task, j.message
            """;
    private static final String WAITING = """
            SELECT r.stage, count(*) AS waiting,
                   count(*) FILTER (WHERE r.sent_at < clock_timestamp() - make_interval(secs => $1)) AS overdue
              FROM sluice.stage_run r JOIN sluice.job j ON j.id = r.job_id AND j.state = 'running'
             WHERE r.state = 'waiting' AND r.sent_at < 'infinity' AND NOT EXISTS (SELECT FROM sluice.stage_run e
                                WHERE e.job_id = r.job_id AND e.state <> 'done'
                                  AND array_position(%1$s, e.stage) < array_position(%1$s, r.stage))
             GROUP BY r.stage
            """.formatted(STAGES);
    // What still lies in the outbox is not lost: while the relay is behind, nothing is.
    private static final String UNCLAIMED = """
            UPDATE sluice.stage_run r SET sent_at = clock_timestamp()
              FROM sluice.job j
             WHERE j.id = r.job_id AND j.state = 'running'
               AND (r.job_id, r.stage, r.task) IN (
                   SELECT o.job_id, o.stage, o.task FROM sluice.stage_run o
                    WHERE o.state = 'waiting' AND o.stage = $1
                      AND NOT EXISTS (SELECT FROM sluice.stage_run e
                                WHERE e.job_id = o.job_id AND e.state <> 'done'
                                  AND array_position(%1$s, e.stage) < array_position(%1$s, o.stage))
                      AND o.sent_at < clock_timestamp() - make_interval(secs => $2)
                    ORDER BY o.sent_at LIMIT $3 FOR UPDATE SKIP LOCKED)
               AND NOT EXISTS (SELECT FROM sluice.outbox WHERE publish_after < clock_timestamp() - interval '10 s')
            RETURNING r.job_id, r.stage, r.task, j.message
            """.formatted(STAGES);

    private final Database database;
    private final Function<LostRun, OutboxMessage> message;

    /**
     * Looks in this database.
     *
     * @param message what starts a run
     */
    public LostMessageRepository(Database database, Function<LostRun, OutboxMessage> message) {
        this.database = database;
        this.message = message;
    }

    /**
     * A run that has to be started again.
     *
     * @param job the staged job as the database has it
     */
    public record LostRun(RunId run, JsonObject job) {}

    /**
     * Runs of one stage that wait to be claimed.
     *
     * @param total how many
     * @param overdue how many of them have waited for longer than was asked
     */
    public record Backlog(long total, long overdue) {
        /** How many of the overdue ones are not among the {@code there} messages in the queue; 0 or less: none. */
        public long missing(long there) {
            return Math.min(overdue, total - there);
        }
    }

    /**
     * Sends the messages of runs again whose worker let its lease end and was not heard of for {@code silence} since: frozen,
     * or cut off so that the broker does not know yet. Gives the runs.
     *
     * @param again when one that was sent again and still not claimed is sent once more
     */
    public Future<List<RunId>> resendExpired(Duration silence, Duration again) {
        return send(SILENT, SqlDurations.toSeconds(silence), SqlDurations.toSeconds(again), BATCH);
    }

    /** How many runs wait in each stage; a stage where none does is left out. */
    public Future<Map<StageName, Backlog>> backlogs(Duration overdueAfter) {
        return database.execute(WAITING, SqlDurations.toSeconds(overdueAfter)).map(rows -> {
            Map<StageName, Backlog> backlogs = new EnumMap<>(StageName.class);
            rows.forEach(row -> backlogs.put(
                    StageName.of(row.getString("stage")), new Backlog(row.getLong("waiting"), row.getLong("overdue"))));
            return backlogs;
        });
    }

    /** Sends the messages again of up to {@code limit} runs that nobody claimed for {@code overdueAfter}, oldest first. */
    public Future<List<RunId>> resendUnclaimed(StageName stage, Duration overdueAfter, long limit) {
        return send(UNCLAIMED, stage.key(), SqlDurations.toSeconds(overdueAfter), (int) Math.min(BATCH, limit));
    }

    private Future<List<RunId>> send(String sql, Object... parameters) {
        return database.transaction(session -> session.execute(sql, parameters)
                        .compose(rows -> put(session, rows))
                        .map(sent -> sent.isEmpty() ? Optional.<List<RunId>>empty() : Optional.of(sent)))
                .map(sent -> sent.orElse(List.of()));
    }

    private Future<List<RunId>> put(SqlSession session, RowSet<Row> rows) {
        List<RunId> runs = new ArrayList<>();
        List<Future<?>> put = new ArrayList<>();
        for (Row row : rows) {
            RunId run = new RunId(
                    new JobId(row.getString("job_id")), StageName.of(row.getString("stage")), row.getInteger("task"));
            runs.add(run);
            put.add(Outbox.enqueue(session, message.apply(new LostRun(run, (JsonObject) row.getValue("message")))));
        }
        return Future.all(put).map(all -> runs);
    }
}
