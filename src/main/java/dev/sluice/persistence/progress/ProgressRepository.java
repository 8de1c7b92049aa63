package dev.sluice.persistence.progress;

import dev.sluice.job.Attempt;
import dev.sluice.job.StageName;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.Rows;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** How far jobs are. */
public final class ProgressRepository {
    // The rows are locked in one order on every host: two hosts may report runs of the same jobs.
    private static final String PROGRESS = """
            WITH mine AS (
                SELECT r.job_id, m.progress, m.place
                  FROM unnest($1::text[], $2::text[], $3::int[], $4::int[], $5::int[]) WITH ORDINALITY
                       AS m (job_id, stage, task, attempt, progress, place)
                  JOIN sluice.stage_run r ON r.job_id = m.job_id AND r.stage = m.stage AND r.task = m.task
                   AND r.attempt = m.attempt AND r.state = 'running'),
            locked AS (
                SELECT j.id FROM sluice.job j
                 WHERE j.id IN (SELECT job_id FROM mine) AND j.state = 'running' ORDER BY j.id FOR UPDATE),
            raised AS (
                UPDATE sluice.job j
                   SET progress = greatest(j.progress, (SELECT max(m.progress) FROM mine m WHERE m.job_id = j.id)),
                       updated_at = clock_timestamp()
                  FROM locked WHERE j.id = locked.id
                RETURNING j.id, j.progress)
            SELECT mine.place, raised.progress FROM mine JOIN raised ON raised.id = mine.job_id ORDER BY mine.place
            """;
    private static final String TASKS_PROGRESS = """
            UPDATE sluice.stage_run r SET share = greatest(r.share, m.share)
              FROM unnest($1::text[], $2::text[], $3::int[], $4::int[], $5::float4[]) WITH ORDINALITY
                   AS m (job_id, stage, task, attempt, share, place)
             WHERE r.job_id = m.job_id AND r.stage = m.stage AND r.task = m.task
               AND r.attempt = m.attempt AND r.state = 'running'
            RETURNING r.job_id, m.place
            """;
    // A statement of its own, because whoever ends a task locks the task first and the job then.
    private static final String OVERALL = """
            WITH standing AS (
                SELECT r.job_id,
                       sum(r.weight * CASE WHEN r.state = 'done' THEN 1 ELSE r.share END) / nullif(sum(r.weight), 0) AS share,
                       extract(epoch FROM clock_timestamp() - min(r.started_at))::float8 AS elapsed
                  FROM sluice.stage_run r WHERE r.job_id = ANY($1) AND r.stage = $2 GROUP BY r.job_id),
            locked AS (
                SELECT j.id FROM sluice.job j
                 WHERE j.id = ANY($1) AND j.state = 'running' ORDER BY j.id FOR NO KEY UPDATE)
            UPDATE sluice.job j
               SET progress = greatest(j.progress, $3 + floor($4 * standing.share)::int), seq = j.seq + 1,
                   updated_at = clock_timestamp()
              FROM locked, standing
             WHERE j.id = locked.id AND standing.job_id = j.id AND standing.share IS NOT NULL
            RETURNING j.id, j.progress, j.seq, standing.share::float8 AS share, standing.elapsed
            """;

    private final Database database;

    public ProgressRepository(Database database) {
        this.database = database;
    }

    public Future<List<RecordedProgress>> record(List<ProgressReport> ticks) {
        Map<Boolean, List<ProgressReport>> byKind = new LinkedHashMap<>();
        ticks.forEach(tick -> byKind.computeIfAbsent(
                        tick.attempt().run().stage() == StageName.SEGMENT, kind -> new ArrayList<>())
                .add(tick));
        Future<List<RecordedProgress>> wholes = recordStages(byKind.getOrDefault(false, List.of()));
        Future<List<RecordedProgress>> tasks = recordTasks(byKind.getOrDefault(true, List.of()));
        return Future.all(wholes, tasks)
                .map(both -> Stream.concat(wholes.result().stream(), tasks.result().stream())
                        .toList());
    }

    private Future<List<RecordedProgress>> recordStages(List<ProgressReport> ticks) {
        if (ticks.isEmpty()) {
            return Future.succeededFuture(List.of());
        }
        Map<Attempt, Integer> highest = new LinkedHashMap<>();
        ticks.forEach(tick -> highest.merge(tick.attempt(), tick.progress(), Math::max));
        List<Attempt> asked = List.copyOf(highest.keySet());
        AttemptArrays columns = new AttemptArrays(asked);
        Integer[] values = highest.values().toArray(Integer[]::new);
        return database.execute(PROGRESS, columns.jobs(), columns.stages(), columns.tasks(), columns.tokens(), values)
                .map(rows -> Rows.stream(rows)
                        .map(row -> new RecordedProgress(
                                asked.get(row.getInteger("place") - 1), row.getInteger("progress")))
                        .toList());
    }

    private Future<List<RecordedProgress>> recordTasks(List<ProgressReport> ticks) {
        if (ticks.isEmpty()) {
            return Future.succeededFuture(List.of());
        }
        Map<Attempt, Double> highest = new LinkedHashMap<>();
        ticks.forEach(tick -> highest.merge(tick.attempt(), tick.fraction(), Math::max));
        List<Attempt> asked = List.copyOf(highest.keySet());
        AttemptArrays columns = new AttemptArrays(asked);
        Float[] shares = highest.values().stream().map(Double::floatValue).toArray(Float[]::new);
        return database.execute(
                        TASKS_PROGRESS, columns.jobs(), columns.stages(), columns.tasks(), columns.tokens(), shares)
                .compose(rows -> {
                    Map<String, Attempt> alive = new LinkedHashMap<>();
                    Rows.stream(rows)
                            .forEach(row -> alive.put(row.getString("job_id"), asked.get(row.getInteger("place") - 1)));
                    return alive.isEmpty() ? Future.succeededFuture(List.of()) : recordStageProgress(alive);
                });
    }

    private Future<List<RecordedProgress>> recordStageProgress(Map<String, Attempt> alive) {
        StageName stage = StageName.SEGMENT;
        return database.execute(
                        OVERALL,
                        alive.keySet().toArray(String[]::new),
                        stage.key(),
                        stage.startProgress(),
                        stage.completedProgress() - stage.startProgress())
                .map(rows -> Rows.stream(rows)
                        .flatMap(row ->
                                Optional.ofNullable(alive.get(row.getString("id")))
                                        .map(attempt -> told(attempt, row))
                                        .stream())
                        .toList());
    }

    private static RecordedProgress told(Attempt attempt, Row row) {
        return new RecordedProgress(
                attempt,
                row.getInteger("progress"),
                Optional.of(new RecordedProgress.StageProgress(
                        row.getLong("seq"), row.getDouble("share"), row.getDouble("elapsed"))));
    }
}
