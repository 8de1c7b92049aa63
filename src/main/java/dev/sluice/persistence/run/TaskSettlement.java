package dev.sluice.persistence.run;

import dev.sluice.common.async.PayloadExecutor;
import dev.sluice.job.Attempt;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.persistence.db.SqlSession;
import dev.sluice.persistence.outbox.Outbox;
import dev.sluice.persistence.run.StageCompletion.PlannedTask;
import dev.sluice.persistence.run.StageCompletion.TaskBatch;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Plans the tasks of a stage, sends the next tasks when one completes, and sends the join after the last. */
final class TaskSettlement {
    /**
     * Fencing tokens of planned tasks start at the token of the planning run times this number. A restarted job is planned again
     * with a higher token, so its tasks have higher tokens than those of the previous plan. Exceeds the possible number of claims
     * of a task.
     */
    private static final int TOKENS_PER_PLAN = 10_000;

    private static final String INSERT_TASKS = """
            INSERT INTO sluice.stage_run (job_id, stage, task, attempt, weight, sent_at)
            SELECT $1, $2, t.task, $3, t.weight, CASE WHEN t.place <= $4 THEN clock_timestamp() ELSE 'infinity' END
              FROM unnest($5::int[], $6::float4[]) WITH ORDINALITY AS t (task, weight, place)
            """;
    private static final String INSERT_JOIN = """
            INSERT INTO sluice.stage_run (job_id, stage, task, attempt) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
            """;
    // Serializes tasks that complete concurrently: each sees the changes of the previous one.
    private static final String LOCK_JOB =
            "SELECT id FROM sluice.job WHERE id = $1 AND state = 'running' FOR NO KEY UPDATE";
    private static final String SEND_NEXT = """
            UPDATE sluice.stage_run SET sent_at = clock_timestamp()
             WHERE (job_id, stage, task) IN (
                   SELECT w.job_id, w.stage, w.task FROM sluice.stage_run w
                    WHERE w.job_id = $1 AND w.stage = $2 AND w.state = 'waiting' AND w.sent_at = 'infinity'
                    ORDER BY w.task
                    LIMIT greatest(0, $3 - (SELECT count(*) FROM sluice.stage_run o
                                             WHERE o.job_id = $1 AND o.stage = $2
                                               AND o.state IN ('waiting', 'running') AND o.sent_at < 'infinity')))
            RETURNING task
            """;
    private static final String UPDATE_PROGRESS = """
            UPDATE sluice.job j
               SET seq = j.seq + 1, progress = greatest(j.progress, $3 + floor($4 * s.share)::int),
                   cost = sluice.add_cost(j.cost, $5), updated_at = clock_timestamp()
              FROM (SELECT coalesce(sum(weight * CASE WHEN state = 'done' THEN 1 ELSE share END)
                                    / nullif(sum(weight), 0), 0) AS share,
                           count(*) FILTER (WHERE state <> 'done') AS open
                      FROM sluice.stage_run WHERE job_id = $1 AND stage = $2) s
             WHERE j.id = $1 AND j.state = 'running'
            RETURNING j.seq, j.progress, s.open
            """;

    private TaskSettlement() {}

    /** Inserts all tasks and enqueues the messages of the first ones. */
    static Future<Void> plan(SqlSession session, Attempt planning, TaskBatch tasks) {
        String job = planning.run().job().value();
        List<Future<?>> all = new ArrayList<>();
        all.add(session.execute(
                INSERT_TASKS,
                job,
                tasks.stage().key(),
                Math.multiplyExact(planning.fencingToken(), TOKENS_PER_PLAN),
                tasks.first().size(),
                tasks.all().stream().map(PlannedTask::number).toArray(Integer[]::new),
                tasks.all().stream().map(task -> (float) task.weight()).toArray(Float[]::new)));
        tasks.first().forEach(message -> all.add(Outbox.enqueue(session, message)));
        return Future.all(all).mapEmpty();
    }

    /**
     * Enqueues what follows a completed task: the next tasks, or the join after the last. Returns the progress of the job; empty
     * if the job has ended.
     *
     * @param cost of the attempt, added to that of the job
     */
    static Future<Optional<TaskCompletion.JobProgress>> advance(
            SqlSession session, Attempt attempt, TaskCompletion completion, JsonObject cost) {
        String job = attempt.run().job().value();
        StageName stage = attempt.run().stage();
        var locked = session.execute(LOCK_JOB, job);
        var next = session.execute(SEND_NEXT, job, stage.key(), completion.maxInFlight());
        var progress = session.execute(
                UPDATE_PROGRESS,
                job,
                stage.key(),
                stage.startProgress(),
                stage.completedProgress() - stage.startProgress(),
                cost);
        return Future.all(locked, next, progress).compose(all -> {
            if (progress.result().size() == 0) {
                return Future.succeededFuture(Optional.empty());
            }
            Row row = progress.result().iterator().next();
            List<Future<?>> sent = new ArrayList<>();
            next.result()
                    .forEach(task -> sent.add(PayloadExecutor.execute(
                                    completion.job().bytes(),
                                    () -> completion.message().apply(task.getInteger("task")))
                            .compose(message -> Outbox.enqueue(session, message))));
            if (row.getLong("open") == 0) {
                sent.add(join(session, attempt, completion.join().run()));
                completion.join().message().ifPresent(message -> sent.add(Outbox.enqueue(session, message)));
            }
            return Future.all(sent)
                    .map(Optional.of(new TaskCompletion.JobProgress(row.getInteger("progress"), row.getLong("seq"))));
        });
    }

    private static Future<RowSet<Row>> join(SqlSession session, Attempt last, RunId join) {
        return session.execute(
                INSERT_JOIN,
                join.job().value(),
                join.stage().key(),
                join.task(),
                last.fencingToken() / TOKENS_PER_PLAN * TOKENS_PER_PLAN);
    }
}
