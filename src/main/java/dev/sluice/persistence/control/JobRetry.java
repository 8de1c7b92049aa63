package dev.sluice.persistence.control;

import dev.sluice.job.JobId;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.SqlSession;
import dev.sluice.persistence.job.JobStatus;
import dev.sluice.persistence.outbox.Outbox;
import dev.sluice.persistence.run.JobRegistration;
import dev.sluice.persistence.usertable.UserTables;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Restarts failed and cancelled jobs. */
public final class JobRetry {
    private static final String LOCK_RUNS = """
            SELECT stage, state, counted FROM sluice.stage_run WHERE job_id = $1 ORDER BY stage, task FOR UPDATE
            """;
    private static final String LOCK_FAILED_JOB = """
            SELECT message::text AS message, stage, progress FROM sluice.job WHERE id = $1 AND state = 'failed' FOR NO KEY UPDATE
            """;
    // A new plan may differ, and refers to new fencing tokens.
    private static final String DELETE_TASKS =
            "DELETE FROM sluice.stage_run WHERE job_id = $1 AND stage = ANY($2) AND stage = ANY($3)";
    private static final String[] PLANNED = keys(StageName::requiresPlan);
    private static final String RESTART_RUNS = """
            UPDATE sluice.stage_run
               SET state = 'waiting', counted = 0, worker = NULL, lease_until = NULL, result = NULL, checkpoint = NULL,
                   sent_at = clock_timestamp(),
                   error_code = NULL, error = NULL, started_at = NULL, finished_at = NULL
             WHERE job_id = $1 AND stage = ANY($2)
            """;
    private static final String RESTART_JOB = """
            UPDATE sluice.job
               SET state = 'running', message = $2::text::json, stage = $3, error_code = NULL, error_message = NULL,
                   updated_at = clock_timestamp(), finished_at = NULL
             WHERE id = $1
            """;

    private final Database database;
    private final UserTables tables;

    public JobRetry(Database database, UserTables tables) {
        this.database = database;
        this.tables = tables;
    }

    /**
     * Restarts a failed job. Attempts are counted from 1 again; fencing tokens, sequence numbers and progress continue.
     *
     * @param planner decides the stage and the message; the future fails as it does
     */
    public Future<JobControlResult> retry(JobId id, Function<FailedJob, JobRestart> planner) {
        return database.transaction(session -> restart(session, id, planner))
                .compose(stage ->
                        StoppedJob.result(database, id, stage, JobStatus.State.FAILED, () -> retry(id, planner)));
    }

    private Future<Optional<StageName>> restart(SqlSession session, JobId id, Function<FailedJob, JobRestart> planner) {
        var runs = session.execute(LOCK_RUNS, id.value());
        var job = session.execute(LOCK_FAILED_JOB, id.value());
        return Future.all(runs, job).compose(both -> {
            if (job.result().size() == 0) {
                return Future.succeededFuture(Optional.empty());
            }
            Row row = job.result().iterator().next();
            StoppedJob stopped = new StoppedJob(row, runs.result());
            return stopped.withMessage(message -> {
                        JobRestart restart = planner.apply(new FailedJob(id, stopped.stage(), message));
                        return new EncodedRestart(restart, restart.job().encode());
                    })
                    .compose(encoded -> restart(session, id, encoded, row.getInteger("progress")));
        });
    }

    private Future<Optional<StageName>> restart(SqlSession session, JobId id, EncodedRestart encoded, int progress) {
        StageName stage = encoded.restart().stage();
        String[] stages = keys(other -> other.compareTo(stage) >= 0);
        return Future.all(
                        session.execute(DELETE_TASKS, id.value(), stages, PLANNED),
                        session.execute(RESTART_RUNS, id.value(), stages),
                        // A job that was cancelled before its first claim has no run.
                        JobRegistration.insertRun(session, RunId.ofStage(id, stage)),
                        session.execute(RESTART_JOB, id.value(), encoded.job(), stage.key()),
                        Outbox.enqueue(session, encoded.restart().message()),
                        tables.writer().applyRestart(session, id, stage, progress))
                .map(Optional.of(stage));
    }

    /** @param job of the restart, as JSON */
    private record EncodedRestart(JobRestart restart, String job) {}

    private static String[] keys(Predicate<StageName> filter) {
        return Stream.of(StageName.values()).filter(filter).map(StageName::key).toArray(String[]::new);
    }
}
