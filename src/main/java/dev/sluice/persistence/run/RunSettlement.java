package dev.sluice.persistence.run;

import dev.sluice.job.Attempt;
import dev.sluice.job.JobException;
import dev.sluice.job.RunId;
import dev.sluice.message.JobUpdate;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.SqlDurations;
import dev.sluice.persistence.db.SqlSession;
import dev.sluice.persistence.db.SqlStatement;
import dev.sluice.persistence.outbox.Outbox;
import dev.sluice.persistence.outbox.OutboxMessage;
import dev.sluice.persistence.usertable.UserTableMapping;
import dev.sluice.persistence.usertable.UserTables;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The ends of an attempt, each in one transaction that begins with the fence. */
public final class RunSettlement {
    private static final String FENCE = """
             WHERE job_id = $1 AND stage = $2 AND task = $3 AND attempt = $4 AND state = 'running'
            RETURNING attempt, history
            """;
    private static final String COMPLETE_RUN = """
            UPDATE sluice.stage_run
               SET state = 'done', result = $5, lease_until = NULL, finished_at = clock_timestamp(),
                   error_code = NULL, error = NULL
            """ + FENCE;
    private static final String FAIL_RUN =
            """
            UPDATE sluice.stage_run
               SET state = $5, lease_until = NULL, finished_at = clock_timestamp(), error_code = $6, error = $7,
                   sent_at = clock_timestamp() + make_interval(secs => $8),
                   history =
            """ + FailedAttempt.appendSql("$6::text", "$7::text", "clock_timestamp()") + FENCE;
    /** Makes a run as if its attempt had not been; what follows says when its message is due, and which run. */
    static final String REVERT_ATTEMPT = """
            UPDATE sluice.stage_run
               SET state = 'waiting', counted = greatest(counted - 1, 0), lease_until = NULL, worker = NULL,
            """;

    private static final String RUN_RELEASED = REVERT_ATTEMPT + """
                   sent_at = clock_timestamp() + make_interval(secs => $5)
            """ + FENCE;
    private static final String CHECKPOINT = "UPDATE sluice.stage_run SET checkpoint = $5" + FENCE;
    private static final String RUN_AWAITED = """
            INSERT INTO sluice.stage_run (job_id, stage, task) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
            """;
    private static final String SELECT_SETTLED_BY = """
            SELECT FROM sluice.stage_run
             WHERE job_id = $1 AND stage = $2 AND task = $3 AND attempt = $4 AND state = $5
            """;
    private static final String JOB_ON = """
            UPDATE sluice.job
               SET message = $2, stage = $3, state = $4, progress = greatest(progress, $5),
                   updated_at = clock_timestamp(),
                   finished_at = CASE WHEN $4 = 'running' THEN NULL ELSE clock_timestamp() END
             WHERE id = $1 AND state = 'running'
            RETURNING id
            """;
    private static final String JOB_FAILED = """
            UPDATE sluice.job
               SET state = 'failed', error_code = $2, error_message = $3, progress = greatest(progress, $4),
                   seq = seq + 1, updated_at = clock_timestamp(), finished_at = clock_timestamp()
             WHERE id = $1 AND state = 'running'
            RETURNING seq
            """;

    private final Database database;
    private final UserTables tables;
    private final Function<JobUpdate, OutboxMessage> route;

    RunSettlement(Database database, UserTables tables, Function<JobUpdate, OutboxMessage> route) {
        this.database = database;
        this.tables = tables;
        this.route = route;
    }

    Future<Boolean> commit(Attempt attempt, StageCompletion done) {
        JobUpdate update = done.update();
        boolean completed = update.status() == JobUpdate.Status.COMPLETED;
        return inFencedTransaction(attempt, "done", session -> {
            var run = fencedRun(session, COMPLETE_RUN, attempt, done.result());
            var job = session.execute(
                    JOB_ON,
                    attempt.run().job().value(),
                    done.job().toJson(),
                    attempt.run().stage().key(),
                    completed ? "completed" : "running",
                    update.progress());
            List<Future<?>> sent = new ArrayList<>();
            done.next().ifPresent(next -> {
                sent.add(awaited(session, next.run()));
                next.message().ifPresent(message -> sent.add(Outbox.enqueue(session, message)));
            });
            done.tasks().ifPresent(tasks -> sent.add(TaskSettlement.plan(session, attempt, tasks)));
            sent.add(Outbox.enqueue(session, route.apply(update)));
            return Future.all(run, job, Future.all(sent))
                    .compose(all -> changed(run) && changed(job)
                            ? tables.writer()
                                    .applyUpdate(session, done.job(), update)
                                    .map(Optional.of(true))
                            : Future.succeededFuture(Optional.empty()));
        });
    }

    Future<Boolean> commit(Attempt attempt, TaskCompletion done) {
        return inFencedTransaction(attempt, "done", session -> {
            var run = fencedRun(session, COMPLETE_RUN, attempt, done.result());
            var standing = TaskSettlement.advance(session, attempt, done);
            return Future.all(run, standing)
                    .compose(both -> changed(run) && standing.result().isPresent()
                            ? announced(
                                    session,
                                    done.job(),
                                    done.update().apply(standing.result().get()))
                            : Future.succeededFuture(Optional.empty()));
        });
    }

    private Future<Optional<Boolean>> announced(SqlSession session, StagedJob job, JobUpdate update) {
        return Future.all(
                        Outbox.enqueue(session, route.apply(update)),
                        tables.writer().applyUpdate(session, job, update))
                .map(Optional.of(true));
    }

    Future<Boolean> fail(
            Attempt attempt,
            JobException failure,
            JobUpdate update,
            Optional<Function<JsonArray, OutboxMessage>> deadLetter) {
        String code = failure.code().wire();
        String sentence = UserTableMapping.stripNul(failure.message());
        return inFencedTransaction(attempt, "failed", session -> {
            var run = fencedRun(session, FAIL_RUN, attempt, "failed", code, sentence, 0.0);
            // What was announced is what a job that is started again may not go below.
            var job = session.execute(JOB_FAILED, attempt.run().job().value(), code, sentence, update.progress());
            return Future.all(run, job)
                    .compose(both -> changed(run) && changed(job)
                            ? failed(session, run.result(), update.withSeq(seq(job.result())), deadLetter)
                            : Future.succeededFuture(Optional.empty()));
        });
    }

    /** Other tasks of the job may have told something since the failed one was claimed: this is the last word. */
    private static long seq(RowSet<Row> job) {
        return job.iterator().next().getLong("seq");
    }

    private Future<Optional<Boolean>> failed(
            SqlSession session,
            RowSet<Row> run,
            JobUpdate update,
            Optional<Function<JsonArray, OutboxMessage>> deadLetter) {
        return Future.all(
                        Outbox.enqueue(session, route.apply(update)),
                        letter(session, run, deadLetter),
                        tables.writer().applyFailure(session, update))
                .map(Optional.of(true));
    }

    /** The dead letter tells what the run's row tells, this end included. */
    private static Future<Void> letter(
            SqlSession session, RowSet<Row> run, Optional<Function<JsonArray, OutboxMessage>> deadLetter) {
        return deadLetter.isEmpty()
                ? Future.succeededFuture()
                : Outbox.enqueue(
                                session,
                                deadLetter.get().apply(run.iterator().next().getJsonArray("history")))
                        .mapEmpty();
    }

    Future<Boolean> retryLater(Attempt attempt, JobException failure, OutboxMessage again) {
        return inFencedTransaction(attempt, "waiting", session -> {
            var run = fencedRun(
                    session,
                    FAIL_RUN,
                    attempt,
                    "waiting",
                    failure.code().wire(),
                    UserTableMapping.stripNul(failure.message()),
                    SqlDurations.toSeconds(again.delay()));
            return Future.all(run, Outbox.enqueue(session, again)).map(all -> commitIf(changed(run)));
        });
    }

    Future<Boolean> release(Attempt attempt) {
        return inFencedTransaction(attempt, "waiting", session -> {
            var run = fencedRun(session, RUN_RELEASED, attempt, 0.0);
            return run.map(rows -> commitIf(changed(run)));
        });
    }

    Future<Boolean> defer(Attempt attempt, OutboxMessage again) {
        return inFencedTransaction(attempt, "waiting", session -> {
            var run = fencedRun(session, RUN_RELEASED, attempt, SqlDurations.toSeconds(again.delay()));
            return Future.all(run, Outbox.enqueue(session, again)).map(all -> commitIf(changed(run)));
        });
    }

    Future<Boolean> saveCheckpoint(Attempt attempt, JsonObject checkpoint) {
        return database.execute(
                        CHECKPOINT,
                        attempt.run().job().value(),
                        attempt.run().stage().key(),
                        attempt.run().task(),
                        attempt.fencingToken(),
                        checkpoint)
                .map(saved -> saved.size() > 0);
    }

    /** From now on it is known that somebody ought to claim this run, even if its message gets lost. */
    public static Future<RowSet<Row>> awaited(SqlSession session, RunId run) {
        return session.execute(RUN_AWAITED, run.job().value(), run.stage().key(), run.task());
    }

    private Future<Boolean> inFencedTransaction(
            Attempt attempt, String endState, Function<SqlSession, Future<Optional<Boolean>>> work) {
        return database.batchedTransaction(endState, attempt.run().job().value(), work)
                .compose(held -> held.isPresent() ? Future.succeededFuture(true) : isAlreadySettled(attempt, endState));
    }

    /**
     * Whether the same attempt got through with the same ending before: the answer to its COMMIT was lost, and it asks
     * again. Nobody else can have used its token.
     */
    private Future<Boolean> isAlreadySettled(Attempt attempt, String endState) {
        return database.execute(
                        SELECT_SETTLED_BY,
                        attempt.run().job().value(),
                        attempt.run().stage().key(),
                        attempt.run().task(),
                        attempt.fencingToken(),
                        endState)
                .map(found -> found.size() > 0);
    }

    private static Future<RowSet<Row>> fencedRun(
            SqlSession session, String sql, Attempt attempt, @Nullable Object... more) {
        List<@Nullable Object> parameters = new ArrayList<>(List.of(
                attempt.run().job().value(),
                attempt.run().stage().key(),
                attempt.run().task(),
                attempt.fencingToken()));
        parameters.addAll(Arrays.asList(more));
        return session.execute(new SqlStatement(sql, parameters));
    }

    private static boolean changed(Future<RowSet<Row>> statement) {
        return statement.result().size() > 0;
    }

    private static Optional<Boolean> commitIf(boolean held) {
        return held ? Optional.of(true) : Optional.empty();
    }
}
