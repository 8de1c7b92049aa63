package dev.sluice.persistence.control;

import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.message.JobUpdate;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.SqlSession;
import dev.sluice.persistence.job.JobStatus;
import dev.sluice.persistence.outbox.Outbox;
import dev.sluice.persistence.outbox.OutboxMessage;
import dev.sluice.persistence.run.FailedAttempt;
import dev.sluice.persistence.usertable.UserTables;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Cancels jobs. If a worker ends the job concurrently, exactly one of the two transactions takes effect. */
public final class JobCancellation {
    /** The channel on which workers are notified of cancelled jobs. */
    public static final String CHANNEL = "sluice_job_cancelled";

    // The fencing token rises, so that the running attempt can write nothing more.
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
            RETURNING message::text AS message, stage, seq, progress
            """;
    private static final String SELECT_RUNS = "SELECT stage, state, counted FROM sluice.stage_run WHERE job_id = $1";
    private static final String NOTIFY = "SELECT pg_notify('" + CHANNEL + "', $1)";
    private static final String CANCEL_UNTRACKED_JOB = """
            INSERT INTO sluice.job (id, message, stage, state, seq, error_code, error_message, finished_at, file_name)
            VALUES ($1, $2::text::json, $3, 'failed', 1, $4, $5, now(), $6) ON CONFLICT (id) DO NOTHING
            RETURNING id
            """;

    private final Database database;
    private final UserTables tables;
    private final Function<JobUpdate, OutboxMessage> route;

    /**
     * Creates the operation on this database.
     *
     * @param route builds the message of an update
     */
    public JobCancellation(Database database, UserTables tables, Function<JobUpdate, OutboxMessage> route) {
        this.database = database;
        this.tables = tables;
        this.route = route;
    }

    /**
     * Fails a running job with {@code reason}, in one transaction: its runs, its row in the user's table, the update
     * and the notification of the workers. A job without a worker so far exists only in the user's table; it is
     * recorded as failed, so that its message has no effect.
     *
     * @param toUpdate builds the update about the cancelled job
     */
    public Future<JobControlResult> cancel(JobId id, JobException reason, Function<CancelledJob, JobUpdate> toUpdate) {
        Supplier<Future<JobControlResult>> repeat = () -> cancel(id, reason, toUpdate);
        return database.transaction(session -> cancelTracked(session, id, reason, toUpdate))
                .compose(stage -> StoppedJob.result(database, id, stage, JobStatus.State.RUNNING, repeat))
                .compose(result -> result instanceof JobControlResult.JobNotFound
                        ? database.transaction(session -> cancelUntracked(session, id, reason, toUpdate))
                                .compose(stage ->
                                        StoppedJob.result(database, id, stage, JobStatus.State.RUNNING, repeat))
                        : Future.succeededFuture(result));
    }

    private Future<Optional<StageName>> cancelTracked(
            SqlSession session, JobId id, JobException reason, Function<CancelledJob, JobUpdate> toUpdate) {
        String code = reason.code().wire();
        var ended = session.execute(END_RUNS, id.value(), code, reason.message());
        var job = session.execute(END_JOB, id.value(), code, reason.message());
        var runs = session.execute(SELECT_RUNS, id.value());
        var notified = session.execute(NOTIFY, id.value());
        return Future.all(ended, job, runs, notified).compose(all -> {
            if (job.result().size() == 0) {
                return Future.succeededFuture(Optional.empty());
            }
            Row row = job.result().iterator().next();
            StoppedJob stopped = new StoppedJob(row, runs.result());
            // A run was inserted after the runs were locked and before the job was: the transaction is repeated.
            return stopped.hasOpenRun()
                    ? Future.succeededFuture(Optional.empty())
                    : stopped.withMessage(message -> new CancelledJob(
                                    id,
                                    stopped.stage(),
                                    message,
                                    row.getLong("seq"),
                                    row.getInteger("progress"),
                                    stopped.attempt()))
                            .compose(cancelled -> publish(session, toUpdate, cancelled));
        });
    }

    private Future<Optional<StageName>> cancelUntracked(
            SqlSession session, JobId id, JobException reason, Function<CancelledJob, JobUpdate> toUpdate) {
        return tables.pendingJobs()
                .find(session, id)
                // An update needs a media id.
                .map(pending -> pending.filter(job -> !job.mediaId().isBlank()))
                .compose(pending -> pending.isEmpty()
                        ? Future.succeededFuture(Optional.empty())
                        : session.execute(
                                        CANCEL_UNTRACKED_JOB,
                                        id.value(),
                                        pending.get().encode(),
                                        StageName.DOWNLOAD.key(),
                                        reason.code().wire(),
                                        reason.message(),
                                        id.pathSegment())
                                .compose(inserted -> inserted.size() == 0
                                        ? Future.succeededFuture(Optional.empty())
                                        : publish(
                                                session,
                                                toUpdate,
                                                new CancelledJob(id, StageName.DOWNLOAD, pending.get(), 1, 0, 1))));
    }

    private Future<Optional<StageName>> publish(
            SqlSession session, Function<CancelledJob, JobUpdate> toUpdate, CancelledJob cancelled) {
        JobUpdate update = toUpdate.apply(cancelled);
        return Future.all(
                        Outbox.enqueue(session, route.apply(update)),
                        tables.writer().applyFailure(session, update))
                .map(Optional.of(cancelled.stage()));
    }
}
