package dev.sluice.persistence.run;

import dev.sluice.job.Attempt;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.persistence.db.SqlSession;
import dev.sluice.persistence.outbox.Outbox;
import dev.sluice.persistence.run.StageCompletion.PlannedTask;
import dev.sluice.persistence.run.StageCompletion.TaskBatch;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How tasks begin and end: planned together, sent a few at a time, and the join sent by whoever ends last. */
final class TaskSettlement {
    /**
     * Tokens of tasks begin above those of all tasks that were planned before: a job that is started again plans anew, under a
     * higher token of the planning run. More claims of one task than this there are not within one life of a job.
     */
    private static final int TOKENS_PER_PLAN = 10_000;

    private static final String PLAN = """
            INSERT INTO sluice.stage_run (job_id, stage, task, attempt, weight, sent_at)
            SELECT $1, $2, t.task, $3, t.weight, CASE WHEN t.place <= $4 THEN clock_timestamp() ELSE 'infinity' END
              FROM unnest($5::int[], $6::float4[]) WITH ORDINALITY AS t (task, weight, place)
            """;
    private static final String JOIN = """
            INSERT INTO sluice.stage_run (job_id, stage, task, attempt) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
            """;
    // Two tasks that end at once come one after the other from here on, and each sees what the one before it did.
    private static final String LOCK_JOB =
            "SELECT id FROM sluice.job WHERE id = $1 AND state = 'running' FOR NO KEY UPDATE";
    private static final String NEXT = """
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
    private static final String SELECT_PROGRESS = """
            UPDATE sluice.job j
               SET seq = j.seq + 1, progress = greatest(j.progress, $3 + floor($4 * s.share)::int),
                   updated_at = clock_timestamp()
              FROM (SELECT coalesce(sum(weight * CASE WHEN state = 'done' THEN 1 ELSE share END)
                                    / nullif(sum(weight), 0), 0) AS share,
                           count(*) FILTER (WHERE state <> 'done') AS open
                      FROM sluice.stage_run WHERE job_id = $1 AND stage = $2) s
             WHERE j.id = $1 AND j.state = 'running'
            RETURNING j.seq, j.progress, s.open
            """;

    private TaskSettlement() {}

    /** Writes all tasks down, and sends the first of them. */
    static Future<Void> plan(SqlSession session, Attempt planning, TaskBatch tasks) {
        String job = planning.run().job().value();
        List<Future<?>> all = new ArrayList<>();
        all.add(session.execute(
                PLAN,
                job,
                tasks.stage().key(),
                Math.multiplyExact(planning.fencingToken(), TOKENS_PER_PLAN),
                tasks.firstBatch().size(),
                tasks.all().stream().map(PlannedTask::number).toArray(Integer[]::new),
                tasks.all().stream().map(task -> (float) task.weight()).toArray(Float[]::new)));
        tasks.firstBatch()
                .forEach(task -> all.add(Outbox.enqueue(session, tasks.message().apply(task.number()))));
        return Future.all(all).mapEmpty();
    }

    /**
     * Goes on after a task whose run is done: the next ones, or the join. Gives how far the job is; nothing when the job has
     * ended.
     */
    static Future<Optional<TaskCompletion.JobProgress>> advance(
            SqlSession session, Attempt attempt, TaskCompletion done) {
        String job = attempt.run().job().value();
        StageName stage = attempt.run().stage();
        var locked = session.execute(LOCK_JOB, job);
        var next = session.execute(NEXT, job, stage.key(), done.maxInFlight());
        var standing = session.execute(
                SELECT_PROGRESS,
                job,
                stage.key(),
                stage.startProgress(),
                stage.completedProgress() - stage.startProgress());
        return Future.all(locked, next, standing).compose(all -> {
            if (standing.result().size() == 0) {
                return Future.succeededFuture(Optional.empty());
            }
            Row now = standing.result().iterator().next();
            List<Future<?>> sent = new ArrayList<>();
            next.result()
                    .forEach(row ->
                            sent.add(Outbox.enqueue(session, done.message().apply(row.getInteger("task")))));
            if (now.getLong("open") == 0) {
                sent.add(join(session, attempt, done.join().run()));
                done.join().message().ifPresent(message -> sent.add(Outbox.enqueue(session, message)));
            }
            return Future.all(sent)
                    .map(Optional.of(new TaskCompletion.JobProgress(now.getInteger("progress"), now.getLong("seq"))));
        });
    }

    private static Future<RowSet<Row>> join(SqlSession session, Attempt last, RunId join) {
        return session.execute(
                JOIN,
                join.job().value(),
                join.stage().key(),
                join.task(),
                last.fencingToken() / TOKENS_PER_PLAN * TOKENS_PER_PLAN);
    }
}
