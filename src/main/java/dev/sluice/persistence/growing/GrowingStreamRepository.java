package dev.sluice.persistence.growing;

import dev.sluice.common.async.PayloadExecutor;
import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.message.JobUpdate;
import dev.sluice.message.MessageCodec;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.Rows;
import dev.sluice.persistence.db.SqlDurations;
import dev.sluice.persistence.db.SqlSession;
import dev.sluice.persistence.outbox.Outbox;
import dev.sluice.persistence.outbox.OutboxMessage;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Streams that grow while their video is encoded. A lease permits one process at a time to write the playlists of a job, which
 * are objects outside the database. Threads: any.
 */
public final class GrowingStreamRepository {
    private static final int BATCH = 100;
    private static final String SEGMENT = StageName.SEGMENT.key();

    private static final String INSERT = """
            INSERT INTO sluice.growing_stream (job_id, token, media_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
            """;
    // Tasks are numbered in the order of time. The audio, task 0, need not be done: its checkpoint may contain what the
    // tasks up to a number need.
    private static final String AVAILABLE = """
            (SELECT least(coalesce(min(task) FILTER (WHERE state <> 'done' AND checkpoint -> $3 IS NULL),
                                   max(task) + 1),
                          min((checkpoint ->> $4)::integer) FILTER (WHERE state <> 'done')) AS available,
                    bool_and(state = 'done') AS complete
               FROM sluice.stage_run WHERE job_id = %s AND stage = $2) t
            """;
    // The process that committed the last task may have stopped before it wrote the end of the playlists: they may be
    // claimed until they are deleted.
    private static final String CLAIMABLE = """
            j.state IN ('running', 'completed')
               AND g.token = (SELECT max(token) FROM sluice.growing_stream n WHERE n.job_id = g.job_id)
               AND (g.lease_until IS NULL OR g.lease_until < clock_timestamp())
               AND g.shown < t.available AND t.available > 1
            """;
    // Rows are locked in the order stream, job.
    private static final String CLAIM = """
            UPDATE sluice.growing_stream g
               SET lease = g.lease + 1, lease_until = clock_timestamp() + make_interval(secs => $5)
              FROM sluice.job j, %s
             WHERE g.job_id = $1 AND j.id = $1 AND %s
            RETURNING g.token, g.lease, g.announced, j.message::text AS message, t.available, t.complete
            """.formatted(AVAILABLE.formatted("$1"), CLAIMABLE);
    private static final String SELECT_TASKS = """
            SELECT CASE WHEN state = 'done' THEN result ELSE checkpoint END -> $4 AS stream FROM sluice.stage_run
             WHERE job_id = $1 AND stage = $2 AND task < $3 AND (state = 'done' OR checkpoint -> $4 IS NOT NULL)
             ORDER BY task
            """;
    private static final String GROW = """
            UPDATE sluice.growing_stream SET shown = $4, announced = announced OR $5, lease_until = NULL
             WHERE job_id = $1 AND token = $2 AND lease = $3
            RETURNING token
            """;
    private static final String RELEASE = """
            UPDATE sluice.growing_stream SET lease_until = NULL WHERE job_id = $1 AND token = $2 AND lease = $3
            """;
    private static final String NEXT_SEQ = """
            UPDATE sluice.job SET seq = seq + 1, updated_at = clock_timestamp() WHERE id = $1 AND state = 'running'
            RETURNING seq, progress
            """;
    private static final String SELECT_WATCHABLE = """
            SELECT g.token FROM sluice.growing_stream g JOIN sluice.job j ON j.id = g.job_id
             WHERE g.job_id = $1 AND j.state = 'running' AND g.announced AND g.withdrawn_at IS NULL
               AND g.token = (SELECT max(token) FROM sluice.growing_stream WHERE job_id = $1)
            """;
    private static final String SELECT_BEHIND = """
            SELECT g.job_id FROM sluice.growing_stream g JOIN sluice.job j ON j.id = g.job_id CROSS JOIN LATERAL %s
             WHERE %s LIMIT $1
            """.formatted(AVAILABLE.formatted("g.job_id"), CLAIMABLE);
    // A plan of which the job has a newer one belongs to a failed attempt of the job.
    private static final String OBSOLETE = """
            (coalesce(j.state, 'failed') = 'failed'
             OR EXISTS (SELECT FROM sluice.growing_stream n WHERE n.job_id = g.job_id AND n.token > g.token))
            """;
    private static final String SELECT_WITHDRAWABLE = """
            SELECT g.job_id, g.token, g.media_id, g.lease FROM sluice.growing_stream g LEFT JOIN sluice.job j ON j.id = g.job_id
             WHERE g.withdrawn_at IS NULL AND ($2::text IS NULL OR g.job_id = $2)
               AND (g.lease_until IS NULL OR g.lease_until < clock_timestamp()) AND
            """ + OBSOLETE + " LIMIT $1";
    private static final String SELECT_EXPIRED = """
            SELECT g.job_id, g.token, g.media_id, g.lease FROM sluice.growing_stream g LEFT JOIN sluice.job j ON j.id = g.job_id
             WHERE (g.lease_until IS NULL OR g.lease_until < clock_timestamp())
               AND coalesce(g.withdrawn_at, CASE WHEN j.state = 'completed' THEN j.finished_at END)
                   <= clock_timestamp() - make_interval(secs => $2)
             LIMIT $1
            """;
    private static final String WITHDRAW = """
            UPDATE sluice.growing_stream SET withdrawn_at = clock_timestamp() WHERE job_id = $1 AND token = $2
            """;
    private static final String DELETE =
            "DELETE FROM sluice.growing_stream WHERE job_id = $1 AND token = $2 AND lease = $3";

    private final Database database;
    private final Function<JobUpdate, OutboxMessage> toOutboxMessage;

    /** @param toOutboxMessage the message of an update */
    public GrowingStreamRepository(Database database, Function<JobUpdate, OutboxMessage> toOutboxMessage) {
        this.database = database;
        this.toOutboxMessage = toOutboxMessage;
    }

    /**
     * The objects of one plan of a job.
     *
     * @param token fencing token of the run that planned the segments
     * @param lease number of the last claim
     */
    public record GrowingStream(JobId job, int token, String mediaId, int lease) {}

    /**
     * The right to write the playlists of a job.
     *
     * @param lease number of the claim
     * @param available the tasks with lower numbers have published what playlists over them need
     * @param complete whether all tasks are done
     * @param announced whether an update has named the playlist
     * @param tasks what the first tasks have published; empty for a task that could not publish
     */
    public record Growth(
            StagedJob job,
            int token,
            int lease,
            int available,
            boolean complete,
            boolean announced,
            List<Optional<JsonObject>> tasks) {
        public Growth {
            tasks = List.copyOf(tasks);
        }
    }

    /**
     * Progress of a job.
     *
     * @param progress percent
     * @param seq the sequence number of the update
     */
    public record Progress(int progress, long seq) {}

    /** Inserts the stream of a plan, in the transaction that commits the plan. */
    public static Future<RowSet<Row>> create(SqlSession session, StagedJob job, int token) {
        return session.execute(INSERT, job.id().value(), token, job.mediaId());
    }

    /**
     * Claims the playlists of a job for {@code duration}; empty if they contain all that is available, or another process has
     * claimed them.
     *
     * @param field of task results and checkpoints with what the task has published
     * @param until field of a checkpoint with the number of the first task that needs more of it
     */
    public Future<Optional<Growth>> claim(JobId job, Duration duration, String field, String until) {
        return database.execute(CLAIM, job.value(), SEGMENT, field, until, SqlDurations.toSeconds(duration))
                .compose(rows -> rows.size() == 0
                        ? Future.succeededFuture(Optional.empty())
                        : growth(rows.iterator().next(), field).map(Optional::of));
    }

    private Future<Growth> growth(Row row, String field) {
        String message = row.getString("message");
        Future<StagedJob> decoded = PayloadExecutor.execute(
                message.length(), () -> MessageCodec.decodeStagedJob(message, StageName.SEGMENT));
        return decoded.compose(staged -> tasks(staged, row, field));
    }

    private Future<Growth> tasks(StagedJob job, Row row, String field) {
        return database.execute(SELECT_TASKS, job.id().value(), SEGMENT, row.getInteger("available"), field)
                .map(tasks -> new Growth(
                        job,
                        row.getInteger("token"),
                        row.getInteger("lease"),
                        row.getInteger("available"),
                        row.getBoolean("complete"),
                        row.getBoolean("announced"),
                        Rows.stream(tasks)
                                .map(task -> Optional.ofNullable(task.getValue("stream"))
                                        .filter(JsonObject.class::isInstance)
                                        .map(JsonObject.class::cast))
                                .toList()));
    }

    /**
     * Records that the playlists contain what was available, and enqueues the update, if any. No effect if another process has
     * claimed them meanwhile.
     */
    public Future<Void> grown(Growth growth, Optional<Function<Progress, JobUpdate>> update) {
        String job = growth.job().id().value();
        return database.transaction(session -> session.execute(
                                GROW, job, growth.token(), growth.lease(), growth.available(), update.isPresent())
                        .compose(grown -> grown.size() > 0 && update.isPresent()
                                ? announce(session, job, update.get())
                                : Future.succeededFuture())
                        .map(Optional.of(true)))
                .mapEmpty();
    }

    private Future<Void> announce(SqlSession session, String job, Function<Progress, JobUpdate> update) {
        return session.execute(NEXT_SEQ, job).compose(rows -> {
            if (rows.size() == 0) {
                return Future.succeededFuture();
            }
            Row row = rows.iterator().next();
            return Outbox.enqueue(
                            session,
                            toOutboxMessage.apply(
                                    update.apply(new Progress(row.getInteger("progress"), row.getLong("seq")))))
                    .mapEmpty();
        });
    }

    /** Releases the playlists, unchanged. */
    public Future<Void> release(Growth growth) {
        return database.execute(RELEASE, growth.job().id().value(), growth.token(), growth.lease())
                .mapEmpty();
    }

    /** The token of the stream of a running job; empty unless an update has named its playlist. */
    public Future<Optional<Integer>> findWatchable(JobId job) {
        return database.execute(SELECT_WATCHABLE, job.value())
                .map(rows ->
                        Rows.stream(rows).map(row -> row.getInteger("token")).findFirst());
    }

    /**
     * Jobs that {@link #claim} would claim with the same fields, because a process stopped before it wrote their playlists; up to
     * 100.
     */
    public Future<List<JobId>> findBehind(String field, String until) {
        return database.execute(SELECT_BEHIND, BATCH, SEGMENT, field, until)
                .map(rows -> Rows.stream(rows)
                        .map(row -> new JobId(row.getString("job_id")))
                        .toList());
    }

    /** Streams of failed jobs, or of this one, that have not been withdrawn; up to 100. */
    public Future<List<GrowingStream>> findWithdrawable(Optional<JobId> job) {
        return database.execute(
                        SELECT_WITHDRAWABLE, BATCH, job.map(JobId::value).orElse(null))
                .map(GrowingStreamRepository::streams);
    }

    /** Streams whose job has completed, or that were withdrawn, before this time; up to 100. */
    public Future<List<GrowingStream>> findExpired(Duration age) {
        return database.execute(SELECT_EXPIRED, BATCH, SqlDurations.toSeconds(age))
                .map(GrowingStreamRepository::streams);
    }

    private static List<GrowingStream> streams(RowSet<Row> rows) {
        return Rows.stream(rows)
                .map(row -> new GrowingStream(
                        new JobId(row.getString("job_id")),
                        row.getInteger("token"),
                        row.getString("media_id"),
                        row.getInteger("lease")))
                .toList();
    }

    /** Records that the objects of a stream were deleted. Attempts in progress may still write some. */
    public Future<Void> markWithdrawn(GrowingStream stream) {
        return database.execute(WITHDRAW, stream.job().value(), stream.token()).mapEmpty();
    }

    /** Forgets a stream whose objects were deleted; no effect if it was claimed meanwhile, because that wrote objects. */
    public Future<Void> delete(GrowingStream stream) {
        return database.execute(DELETE, stream.job().value(), stream.token(), stream.lease())
                .mapEmpty();
    }
}
