package dev.sluice.persistence.control;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.message.JobUpdate;
import dev.sluice.message.MessageCodec;
import dev.sluice.message.StagedJob;
import dev.sluice.message.json.InvalidMessageException;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.Rows;
import dev.sluice.persistence.db.SqlSession;
import dev.sluice.persistence.job.JobStatus;
import dev.sluice.persistence.outbox.Outbox;
import dev.sluice.persistence.outbox.OutboxMessage;
import dev.sluice.persistence.run.FailedAttempt;
import dev.sluice.persistence.run.RunSettlement;
import dev.sluice.persistence.usertable.UserTables;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What a person does to a job, each in one transaction: cancel it, start a failed one again. Of a person and a worker who end
 * a job at the same moment one wins, with all that belongs to it.
 */
public final class JobControlRepository {
    /** Where workers hear which job was cancelled. */
    static final String CANCELLED_CHANNEL = "sluice_job_cancelled";

    // The token rises, so that the attempt that was under way is one that somebody else took over, whatever it asks
    // for.
    private static final String END_RUNS =
            """
            UPDATE sluice.stage_run
               SET history =
            """ + FailedAttempt.appendIfRunningSql("$2::text", "$3::text", "clock_timestamp()") + """
                 , attempt = CASE WHEN state = 'running' THEN attempt + 1 ELSE attempt END,
                   state = 'failed', lease_until = NULL, finished_at = clock_timestamp(), error_code = $2, error = $3
             WHERE job_id = $1 AND state IN ('waiting', 'running')
            """;
    private static final String END_JOB = """
            UPDATE sluice.job
               SET state = 'failed', error_code = $2, error_message = $3, seq = seq + 1,
                   updated_at = clock_timestamp(), finished_at = clock_timestamp()
             WHERE id = $1 AND state = 'running'
            RETURNING message, stage, seq, progress
            """;
    private static final String RUNS = "SELECT stage, state, counted FROM sluice.stage_run WHERE job_id = $1";
    private static final String NOTIFY_CANCELLED = "SELECT pg_notify('" + CANCELLED_CHANNEL + "', $1)";

    private static final String CANCEL_UNTRACKED_JOB = """
            INSERT INTO sluice.job (id, message, stage, state, seq, error_code, error_message, finished_at, file_name)
            VALUES ($1, $2, $3, 'failed', 1, $4, $5, now(), $6) ON CONFLICT (id) DO NOTHING
            RETURNING id
            """;

    private static final String LOCK_RUNS = """
            SELECT stage, state, counted FROM sluice.stage_run WHERE job_id = $1 ORDER BY stage, task FOR UPDATE
            """;
    private static final String LOCK_FAILED_JOB = """
            SELECT message, stage, progress FROM sluice.job WHERE id = $1 AND state = 'failed' FOR NO KEY UPDATE
            """;
    // What was planned may be planned otherwise, and under other tokens.
    private static final String DELETE_TASKS =
            "DELETE FROM sluice.stage_run WHERE job_id = $1 AND stage = ANY($2) AND stage = ANY($3)";
    private static final String[] PLANNED = Stream.of(StageName.values())
            .filter(StageName::requiresPlan)
            .map(StageName::key)
            .toArray(String[]::new);

    private static final String RESTART_RUNS = """
            UPDATE sluice.stage_run
               SET state = 'waiting', counted = 0, worker = NULL, lease_until = NULL, result = NULL, checkpoint = NULL,
                   sent_at = clock_timestamp(),
                   error_code = NULL, error = NULL, started_at = NULL, finished_at = NULL
             WHERE job_id = $1 AND stage = ANY($2)
            """;
    private static final String RESTART_JOB = """
            UPDATE sluice.job
               SET state = 'running', message = $2, stage = $3, error_code = NULL, error_message = NULL,
                   updated_at = clock_timestamp(), finished_at = NULL
             WHERE id = $1
            """;

    private static final String SELECT_STATE = "SELECT state, error_code FROM sluice.job WHERE id = $1";

    private final Database database;
    private final UserTables tables;
    private final Function<JobUpdate, OutboxMessage> route;

    /** @param route what message an update is */
    public JobControlRepository(Database database, UserTables tables, Function<JobUpdate, OutboxMessage> route) {
        this.database = database;
        this.tables = tables;
        this.route = route;
    }

    /**
     * Ends a job that is running as failed, for {@code reason}: its runs, its row in the user's table, the update, and word to
     * all workers that listen, or nothing of it. A job that waits for its first worker is known by its row in the user's
     * table only; then it is noted as ended, and its message does nothing when it comes.
     *
     * @param outboxNotifier gives the update about the job that is ended
     */
    public Future<JobControlResult> cancel(
            JobId id, JobException reason, Function<CancelledJob, JobUpdate> outboxNotifier) {
        Supplier<Future<JobControlResult>> again = () -> cancel(id, reason, outboxNotifier);
        return database.transaction(session -> cancelTracked(session, id, reason, outboxNotifier))
                .compose(ended -> resolveResult(id, ended, JobStatus.State.RUNNING, again))
                .compose(result -> result instanceof JobControlResult.JobNotFound
                        ? database.transaction(session -> cancelUntracked(session, id, reason, outboxNotifier))
                                .compose(ended -> resolveResult(id, ended, JobStatus.State.RUNNING, again))
                        : Future.succeededFuture(result));
    }

    /**
     * Starts a job that failed again: {@code plan} says at which stage and with which message. Attempts are counted from
     * the beginning; tokens, sequence numbers and progress go on from where they were. Fails as {@code plan} does.
     */
    public Future<JobControlResult> restart(JobId id, Function<FailedJob, JobRestart> plan) {
        return database.transaction(session -> begin(session, id, plan))
                .compose(begun -> resolveResult(id, begun, JobStatus.State.FAILED, () -> restart(id, plan)));
    }

    private Future<Optional<StageName>> cancelTracked(
            SqlSession session, JobId id, JobException reason, Function<CancelledJob, JobUpdate> outboxNotifier) {
        String code = reason.code().wire();
        var runs = session.execute(END_RUNS, id.value(), code, reason.message());
        var job = session.execute(END_JOB, id.value(), code, reason.message());
        var left = session.execute(RUNS, id.value());
        var told = session.execute(NOTIFY_CANCELLED, id.value());
        return Future.all(runs, job, left, told).compose(all -> {
            // A run that was begun before the job was locked, and after its runs were: once more from the start.
            if (job.result().size() == 0 || Rows.stream(left.result()).anyMatch(JobControlRepository::isOpen)) {
                return Future.succeededFuture(Optional.empty());
            }
            return announced(
                    session, outboxNotifier, ended(id, job.result().iterator().next(), left.result()));
        });
    }

    private Future<Optional<StageName>> cancelUntracked(
            SqlSession session, JobId id, JobException reason, Function<CancelledJob, JobUpdate> outboxNotifier) {
        return tables.pendingJobs()
                .find(session, id)
                // Of a job whose media nobody knows there is nothing to tell anybody.
                .map(waiting -> waiting.filter(job -> !job.mediaId().isBlank()))
                .compose(waiting -> waiting.isEmpty()
                        ? Future.succeededFuture(Optional.empty())
                        : session.execute(
                                        CANCEL_UNTRACKED_JOB,
                                        id.value(),
                                        waiting.get().toJson(),
                                        StageName.DOWNLOAD.key(),
                                        reason.code().wire(),
                                        reason.message(),
                                        id.pathSegment())
                                .compose(noted -> noted.size() == 0
                                        ? Future.succeededFuture(Optional.empty())
                                        : announced(
                                                session,
                                                outboxNotifier,
                                                new CancelledJob(id, StageName.DOWNLOAD, waiting.get(), 1, 0, 1))));
    }

    private Future<Optional<StageName>> announced(
            SqlSession session, Function<CancelledJob, JobUpdate> outboxNotifier, CancelledJob ended) {
        JobUpdate update = outboxNotifier.apply(ended);
        return Future.all(
                        Outbox.enqueue(session, route.apply(update)),
                        tables.writer().applyFailure(session, update))
                .map(Optional.of(ended.stage()));
    }

    private Future<Optional<StageName>> begin(SqlSession session, JobId id, Function<FailedJob, JobRestart> plan) {
        var runs = session.execute(LOCK_RUNS, id.value());
        var job = session.execute(LOCK_FAILED_JOB, id.value());
        return Future.all(runs, job).compose(both -> {
            if (job.result().size() == 0) {
                return Future.succeededFuture(Optional.empty());
            }
            Row row = job.result().iterator().next();
            JobRestart restart = plan.apply(new FailedJob(id, stoppedIn(row, runs.result()), message(row)));
            StageName stage = restart.stage();
            String[] again = Stream.of(StageName.values())
                    .filter(other -> other.compareTo(stage) >= 0)
                    .map(StageName::key)
                    .toArray(String[]::new);
            return Future.all(
                            session.execute(DELETE_TASKS, id.value(), again, PLANNED),
                            session.execute(RESTART_RUNS, id.value(), again),
                            // A job that was cancelled before anybody claimed it has no run yet.
                            RunSettlement.awaited(session, RunId.ofStage(id, stage)),
                            session.execute(
                                    RESTART_JOB, id.value(), restart.job().toJson(), stage.key()),
                            Outbox.enqueue(session, restart.message()),
                            tables.writer().applyRestart(session, id, stage, row.getInteger("progress")))
                    .map(Optional.of(stage));
        });
    }

    private Future<JobControlResult> resolveResult(
            JobId id, Optional<StageName> done, JobStatus.State wanted, Supplier<Future<JobControlResult>> again) {
        if (done.isPresent()) {
            return Future.succeededFuture(new JobControlResult.Applied(done.get()));
        }
        return database.execute(SELECT_STATE, id.value()).compose(rows -> {
            if (rows.size() == 0) {
                return Future.succeededFuture(new JobControlResult.JobNotFound());
            }
            Row row = rows.iterator().next();
            JobStatus.State state =
                    JobStatus.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT));
            return state == wanted
                    ? again.get()
                    : Future.succeededFuture(
                            new JobControlResult.Conflict(state, Optional.ofNullable(row.getString("error_code"))));
        });
    }

    private static CancelledJob ended(JobId id, Row job, RowSet<Row> runs) {
        StageName stage = stoppedIn(job, runs);
        int attempt = Rows.stream(runs)
                .filter(run -> run.getString("stage").equals(stage.key()))
                .mapToInt(run -> run.getInteger("counted"))
                .max()
                .orElse(0);
        return new CancelledJob(
                id, stage, message(job), job.getLong("seq"), job.getInteger("progress"), Math.max(1, attempt));
    }

    /** The latest stage that was begun, or the one after it when it was done: then the job waited between the two. */
    private static StageName stoppedIn(Row job, RowSet<Row> runs) {
        return Rows.stream(runs)
                .max(Comparator.comparing(JobControlRepository::stage)
                        .thenComparing(run -> !run.getString("state").equals("done")))
                .map(last -> last.getString("state").equals("done") ? after(stage(last)) : stage(last))
                .orElseGet(() -> stage(job));
    }

    private static StageName stage(Row row) {
        return StageName.of(row.getString("stage"));
    }

    private static StageName after(StageName stage) {
        return Stream.of(StageName.values())
                .filter(later -> later.compareTo(stage) > 0)
                .findFirst()
                .orElse(stage);
    }

    /** What was claimed once could be read then, at its own stage; the later stages ask for least. */
    private static StagedJob message(Row job) {
        try {
            return MessageCodec.decodeStagedJob((JsonObject) job.getValue("message"), StageName.UPLOAD);
        } catch (InvalidMessageException invalid) {
            throw new JobException(
                    ErrorCode.INVALID_MESSAGE, "The job's message cannot be read: " + invalid.getMessage(), invalid);
        }
    }

    private static boolean isOpen(Row run) {
        return run.getString("state").equals("waiting")
                || run.getString("state").equals("running");
    }
}
