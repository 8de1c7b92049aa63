package dev.sluice.persistence.run;

import dev.sluice.common.async.PayloadExecutor;
import dev.sluice.job.Attempt;
import dev.sluice.job.Cost;
import dev.sluice.job.JobException;
import dev.sluice.message.EncodePlan;
import dev.sluice.message.JobUpdate;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.SqlDurations;
import dev.sluice.persistence.db.SqlSession;
import dev.sluice.persistence.db.SqlStatement;
import dev.sluice.persistence.growing.GrowingStreamRepository;
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

/**
 * Settles runs: completes, fails, retries, defers or releases them. What an attempt writes takes effect only while its fencing token
 * is the newest; a {@link CommitResult#FENCED} call has changed nothing. A call whose response was lost may be repeated: it takes
 * effect once. The cost of an attempt is added to its run and to its job. Threads: any.
 */
public final class RunSettlement {
    private static final String FENCE = """
             WHERE job_id = $1 AND stage = $2 AND task = $3 AND attempt = $4 AND state = 'running'
            RETURNING attempt, history
            """;
    private static final String COMPLETE_RUN = """
            UPDATE sluice.stage_run
               SET state = 'done', result = $5, lease_until = NULL, finished_at = clock_timestamp(),
                   error_code = NULL, error = NULL, cost = sluice.add_cost(cost, $6)
            """ + FENCE;
    private static final String FAIL_RUN = """
            UPDATE sluice.stage_run
               SET state = $5, lease_until = NULL, finished_at = clock_timestamp(), error_code = $6, error = $7,
                   sent_at = clock_timestamp() + make_interval(secs => $8), cost = sluice.add_cost(cost, $10),
                   history =
            """
            + FailedAttempt.appendSql("$6::text", "$7::text", "clock_timestamp()", "$9::text", "$10::jsonb") + FENCE;
    /** Reverts an attempt; the rest of the statement sets when the message is due, and which run. */
    static final String REVERT_ATTEMPT = """
            UPDATE sluice.stage_run
               SET state = 'waiting', counted = greatest(counted - 1, 0), lease_until = NULL, worker = NULL,
            """;

    private static final String RELEASE_RUN = REVERT_ATTEMPT + """
                   sent_at = clock_timestamp() + make_interval(secs => $5), cost = sluice.add_cost(cost, $6)
            """ + FENCE;
    private static final String SAVE_CHECKPOINT = "UPDATE sluice.stage_run SET checkpoint = $5" + FENCE;
    private static final String SELECT_SETTLED_BY = """
            SELECT FROM sluice.stage_run
             WHERE job_id = $1 AND stage = $2 AND task = $3 AND attempt = $4 AND state = $5
            """;
    private static final String UPDATE_JOB = """
            UPDATE sluice.job
               SET message = $2::text::json, stage = $3, state = $4, progress = greatest(progress, $5),
                   cost = sluice.add_cost(cost, $6), updated_at = clock_timestamp(),
                   finished_at = CASE WHEN $4 = 'running' THEN NULL ELSE clock_timestamp() END
             WHERE id = $1 AND state = 'running'
            RETURNING cost
            """;
    private static final String FAIL_JOB = """
            UPDATE sluice.job
               SET state = 'failed', error_code = $2, error_message = $3, progress = greatest(progress, $4),
                   cost = sluice.add_cost(cost, $5), seq = seq + 1, updated_at = clock_timestamp(),
                   finished_at = clock_timestamp()
             WHERE id = $1 AND state = 'running'
            RETURNING seq, cost
            """;
    private static final String ADD_RUN_COST = """
            UPDATE sluice.stage_run SET cost = sluice.add_cost(cost, $4) WHERE job_id = $1 AND stage = $2 AND task = $3
            """;
    private static final String ADD_JOB_COST = "UPDATE sluice.job SET cost = sluice.add_cost(cost, $2) WHERE id = $1";

    private final Database database;
    private final UserTables tables;
    private final Function<JobUpdate, OutboxMessage> toOutboxMessage;

    RunSettlement(Database database, UserTables tables, Function<JobUpdate, OutboxMessage> toOutboxMessage) {
        this.database = database;
        this.tables = tables;
        this.toOutboxMessage = toOutboxMessage;
    }

    /** Completes a run: its result, the job, the user tables, the messages of what follows and the update, atomically. */
    public Future<CommitResult> complete(Attempt attempt, StageCompletion completion, Cost cost) {
        StagedJob job = completion.job();
        return PayloadExecutor.execute(job.bytes(), job::encode)
                .compose(message -> complete(attempt, completion, message, cost));
    }

    private Future<CommitResult> complete(Attempt attempt, StageCompletion completion, String message, Cost cost) {
        JobUpdate update = completion.update();
        return inFencedTransaction(attempt, "done", session -> {
            var run = fencedRun(session, COMPLETE_RUN, attempt, completion.result(), json(cost));
            var job = session.execute(
                    UPDATE_JOB,
                    attempt.run().job().value(),
                    message,
                    attempt.run().stage().key(),
                    completion.continuation() == Completion.Continuation.JOB_COMPLETED ? "completed" : "running",
                    update.progress(),
                    json(cost));
            List<Future<?>> sent = new ArrayList<>();
            completion.next().ifPresent(next -> {
                sent.add(JobRegistration.insertRun(session, next.run()));
                next.message().ifPresent(following -> sent.add(Outbox.enqueue(session, following)));
            });
            completion.tasks().ifPresent(tasks -> {
                sent.add(TaskSettlement.plan(session, attempt, tasks));
                completion
                        .job()
                        .plan()
                        .flatMap(EncodePlan::growing)
                        .ifPresent(token -> sent.add(GrowingStreamRepository.create(session, completion.job(), token)));
            });
            return Future.all(run, job, Future.all(sent))
                    .compose(all -> changed(run) && changed(job)
                            ? announce(session, completion.job(), withTotal(update, job.result()))
                            : Future.succeededFuture(false));
        });
    }

    /**
     * Completes a task of a stage: its result, the user tables, the message of the next task or, after the last one, of the
     * join, and the update, atomically.
     */
    public Future<CommitResult> complete(Attempt attempt, TaskCompletion completion, Cost cost) {
        return inFencedTransaction(attempt, "done", completion.job().bytes(), session -> {
            var run = fencedRun(session, COMPLETE_RUN, attempt, completion.result(), json(cost));
            var progress = TaskSettlement.advance(session, attempt, completion, json(cost));
            return Future.all(run, progress)
                    .compose(both -> changed(run) && progress.result().isPresent()
                            ? announce(
                                    session,
                                    completion.job(),
                                    completion.update().apply(progress.result().get()))
                            : Future.succeededFuture(false));
        });
    }

    private static JsonObject json(Cost cost) {
        return new JsonObject(cost.toMap());
    }

    /** The last update of a job has the cost of the whole job. */
    private static JobUpdate withTotal(JobUpdate update, RowSet<Row> job) {
        return update.status() == JobUpdate.Status.PROCESSING
                ? update
                : update.withCost(job.iterator().next().getJsonObject("cost"));
    }

    private Future<Boolean> announce(SqlSession session, StagedJob job, JobUpdate update) {
        return Future.all(
                        Outbox.enqueue(session, toOutboxMessage.apply(update)),
                        tables.writer().applyUpdate(session, job, update))
                .map(true);
    }

    /**
     * Fails the job.
     *
     * @param deadLetter builds the dead letter, if any, from the run's history: its unsuccessful attempts, oldest first, this
     *     one included
     */
    public Future<CommitResult> fail(
            Attempt attempt,
            JobException failure,
            JobUpdate update,
            Optional<Function<JsonArray, OutboxMessage>> deadLetter,
            Cost cost) {
        String code = failure.code().wire();
        String message = UserTableMapping.stripNul(failure.message());
        return inFencedTransaction(attempt, "failed", session -> {
            var run = fencedRun(
                    session, FAIL_RUN, attempt, "failed", code, message, 0.0, diagnostics(failure), json(cost));
            // The progress of a restarted job must not fall below what was published.
            var job = session.execute(
                    FAIL_JOB, attempt.run().job().value(), code, message, update.progress(), json(cost));
            return Future.all(run, job)
                    .compose(both -> changed(run) && changed(job)
                            ? failed(
                                    session,
                                    run.result(),
                                    withTotal(update.withSeq(seq(job.result())), job.result()),
                                    deadLetter)
                            : Future.succeededFuture(false));
        });
    }

    /** Other tasks of the job may have sent updates since the failed one was claimed: this number is above theirs. */
    private static long seq(RowSet<Row> job) {
        return job.iterator().next().getLong("seq");
    }

    private Future<Boolean> failed(
            SqlSession session,
            RowSet<Row> run,
            JobUpdate update,
            Optional<Function<JsonArray, OutboxMessage>> deadLetter) {
        JsonArray history = run.iterator().next().getJsonArray("history");
        List<Future<?>> written = new ArrayList<>();
        written.add(Outbox.enqueue(session, toOutboxMessage.apply(update)));
        deadLetter.ifPresent(factory -> written.add(Outbox.enqueue(session, factory.apply(history))));
        written.add(tables.writer().applyFailure(session, update));
        return Future.all(written).map(true);
    }

    /** Releases the run; {@code redelivery} brings its message again after its delay. The attempt counts. */
    public Future<CommitResult> retryLater(Attempt attempt, JobException failure, OutboxMessage redelivery, Cost cost) {
        return inFencedTransaction(attempt, "waiting", session -> {
            var run = fencedRun(
                    session,
                    FAIL_RUN,
                    attempt,
                    "waiting",
                    failure.code().wire(),
                    UserTableMapping.stripNul(failure.message()),
                    SqlDurations.toSeconds(redelivery.delay()),
                    diagnostics(failure),
                    json(cost));
            return Future.all(run, addToJob(session, attempt, cost), Outbox.enqueue(session, redelivery))
                    .map(all -> changed(run));
        });
    }

    private static @Nullable String diagnostics(JobException failure) {
        return failure.diagnostics().map(UserTableMapping::stripNul).orElse(null);
    }

    /** Releases the run without counting the attempt; {@code redelivery} brings its message again after its delay. */
    public Future<CommitResult> defer(Attempt attempt, OutboxMessage redelivery, Cost cost) {
        return inFencedTransaction(attempt, "waiting", session -> {
            var run = fencedRun(session, RELEASE_RUN, attempt, SqlDurations.toSeconds(redelivery.delay()), json(cost));
            return Future.all(run, addToJob(session, attempt, cost), Outbox.enqueue(session, redelivery))
                    .map(all -> changed(run));
        });
    }

    /** Releases the run without counting the attempt; the caller requeues the delivery. */
    public Future<CommitResult> release(Attempt attempt, Cost cost) {
        return inFencedTransaction(attempt, "waiting", session -> {
            var run = fencedRun(session, RELEASE_RUN, attempt, 0.0, json(cost));
            return Future.all(run, addToJob(session, attempt, cost)).map(all -> changed(run));
        });
    }

    /**
     * Adds the cost of an attempt that was not settled because it has lost its run. Not to be repeated: it takes effect each time.
     */
    public Future<Void> addUnsettledCost(Attempt attempt, Cost cost) {
        return database.transaction(session -> Future.all(
                                session.execute(
                                        ADD_RUN_COST,
                                        attempt.run().job().value(),
                                        attempt.run().stage().key(),
                                        attempt.run().task(),
                                        json(cost)),
                                addToJob(session, attempt, cost))
                        .map(Optional::of))
                .mapEmpty();
    }

    private static Future<RowSet<Row>> addToJob(SqlSession session, Attempt attempt, Cost cost) {
        return session.execute(ADD_JOB_COST, attempt.run().job().value(), json(cost));
    }

    /** Saves state for the next attempt, which finds it in its {@link Claim} if this attempt does not complete. */
    public Future<CommitResult> saveCheckpoint(Attempt attempt, JsonObject checkpoint) {
        return database.execute(
                        SAVE_CHECKPOINT,
                        attempt.run().job().value(),
                        attempt.run().stage().key(),
                        attempt.run().task(),
                        attempt.fencingToken(),
                        checkpoint)
                .map(saved -> result(saved.size() > 0));
    }

    /** Commits if {@code work} returns true: every fenced statement changed its row. */
    private Future<CommitResult> inFencedTransaction(
            Attempt attempt, String endState, Function<SqlSession, Future<Boolean>> work) {
        return inFencedTransaction(attempt, endState, 0, work);
    }

    /** @param bytes size of the staged job, if {@code work} encodes it */
    private Future<CommitResult> inFencedTransaction(
            Attempt attempt, String endState, int bytes, Function<SqlSession, Future<Boolean>> work) {
        return database.batchedTransaction(
                        endState,
                        attempt.run().job().value(),
                        bytes,
                        session -> work.apply(session)
                                .map(current ->
                                        current ? Optional.of(CommitResult.COMMITTED) : Optional.<CommitResult>empty()))
                .compose(committed -> committed.isPresent()
                        ? Future.succeededFuture(CommitResult.COMMITTED)
                        : resultOfEarlierCall(attempt, endState));
    }

    /**
     * Whether the same attempt was settled in the same state before: the response to its COMMIT was lost, and the caller
     * repeats the call. No other attempt has its token.
     */
    private Future<CommitResult> resultOfEarlierCall(Attempt attempt, String endState) {
        return database.execute(
                        SELECT_SETTLED_BY,
                        attempt.run().job().value(),
                        attempt.run().stage().key(),
                        attempt.run().task(),
                        attempt.fencingToken(),
                        endState)
                .map(found -> result(found.size() > 0));
    }

    private static CommitResult result(boolean current) {
        return current ? CommitResult.COMMITTED : CommitResult.FENCED;
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
}
