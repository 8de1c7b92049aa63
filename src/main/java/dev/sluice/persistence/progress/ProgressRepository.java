package dev.sluice.persistence.progress;

import dev.sluice.job.Attempt;
import dev.sluice.job.StageName;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.Rows;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Records the progress of runs that is about to be published. Threads: any. */
public final class ProgressRepository {
    // Locks the rows in the same order on every host: two hosts may report runs of the same jobs.
    /** The time of the last update, from which the final update keeps its distance. */
    private static final String PUBLISHED = """
            published AS (
                INSERT INTO sluice.published_update (job_id, published_at)
                SELECT id, clock_timestamp() FROM raised ORDER BY id
                ON CONFLICT (job_id) DO UPDATE SET published_at = excluded.published_at, final_update = NULL)
            """;

    private static final String RECORD_STAGES = """
            WITH reported AS (
                SELECT r.job_id, m.progress, m.place
                  FROM unnest($1::text[], $2::text[], $3::int[], $4::int[], $5::int[]) WITH ORDINALITY
                       AS m (job_id, stage, task, attempt, progress, place)
                  JOIN sluice.stage_run r ON r.job_id = m.job_id AND r.stage = m.stage AND r.task = m.task
                   AND r.attempt = m.attempt AND r.state = 'running'),
            locked AS (
                SELECT j.id FROM sluice.job j
                 WHERE j.id IN (SELECT job_id FROM reported) AND j.state = 'running' ORDER BY j.id FOR UPDATE),
            raised AS (
                UPDATE sluice.job j
                   SET progress = greatest(j.progress, (SELECT max(m.progress) FROM reported m WHERE m.job_id = j.id)),
                       updated_at = clock_timestamp()
                  FROM locked WHERE j.id = locked.id
                RETURNING j.id, j.progress),
            """ + PUBLISHED + """
            SELECT reported.place, raised.progress FROM reported JOIN raised ON raised.id = reported.job_id
             ORDER BY reported.place
            """;
    private static final String RECORD_TASKS = """
            UPDATE sluice.stage_run r SET share = greatest(r.share, m.share)
              FROM unnest($1::text[], $2::text[], $3::int[], $4::int[], $5::float4[]) WITH ORDINALITY
                   AS m (job_id, stage, task, attempt, share, place)
             WHERE r.job_id = m.job_id AND r.stage = m.stage AND r.task = m.task
               AND r.attempt = m.attempt AND r.state = 'running'
            RETURNING r.job_id, m.place
            """;
    // A separate statement, because completing a task locks the run before the job.
    private static final String RECORD_STAGE_PROGRESS = """
            WITH overall AS (
                SELECT r.job_id,
                       sum(r.weight * CASE WHEN r.state = 'done' THEN 1 ELSE r.share END) / nullif(sum(r.weight), 0) AS share,
                       extract(epoch FROM clock_timestamp() - min(r.started_at))::float8 AS elapsed
                  FROM sluice.stage_run r WHERE r.job_id = ANY($1) AND r.stage = $2 GROUP BY r.job_id),
            locked AS (
                SELECT j.id FROM sluice.job j
                 WHERE j.id = ANY($1) AND j.state = 'running' ORDER BY j.id FOR NO KEY UPDATE),
            raised AS (
                UPDATE sluice.job j
                   SET progress = greatest(j.progress, $3 + floor($4 * overall.share)::int), seq = j.seq + 1,
                       updated_at = clock_timestamp()
                  FROM locked, overall
                 WHERE j.id = locked.id AND overall.job_id = j.id AND overall.share IS NOT NULL
                RETURNING j.id, j.progress, j.seq, overall.share::float8 AS share, overall.elapsed),
            """ + PUBLISHED + """
            SELECT id, progress, seq, share, elapsed FROM raised
            """;

    private final Database database;

    public ProgressRepository(Database database) {
        this.database = database;
    }

    /**
     * Records progress and returns that of the attempts that still own their run. The progress of a job is raised,
     * never lowered; for a task of a stage it is computed from all tasks of the stage.
     */
    public Future<List<RecordedProgress>> record(List<ProgressReport> reports) {
        Map<Boolean, List<ProgressReport>> byTask = reports.stream()
                .collect(Collectors.partitioningBy(
                        report -> report.attempt().run().stage() == StageName.SEGMENT));
        Future<List<RecordedProgress>> stages = recordStages(Objects.requireNonNull(byTask.get(false)));
        Future<List<RecordedProgress>> tasks = recordTasks(Objects.requireNonNull(byTask.get(true)));
        return Future.all(stages, tasks)
                .map(both -> Stream.concat(stages.result().stream(), tasks.result().stream())
                        .toList());
    }

    private Future<List<RecordedProgress>> recordStages(List<ProgressReport> reports) {
        if (reports.isEmpty()) {
            return Future.succeededFuture(List.of());
        }
        Map<Attempt, Integer> highest = new LinkedHashMap<>();
        reports.forEach(report -> highest.merge(report.attempt(), report.progress(), Math::max));
        List<Attempt> attempts = List.copyOf(highest.keySet());
        AttemptArrays columns = new AttemptArrays(attempts);
        Integer[] values = highest.values().toArray(Integer[]::new);
        return database.execute(
                        RECORD_STAGES, columns.jobs(), columns.stages(), columns.tasks(), columns.tokens(), values)
                .map(rows -> Rows.stream(rows)
                        .map(row -> new RecordedProgress(
                                attempts.get(row.getInteger("place") - 1),
                                row.getInteger("progress"),
                                Optional.empty()))
                        .toList());
    }

    private Future<List<RecordedProgress>> recordTasks(List<ProgressReport> reports) {
        if (reports.isEmpty()) {
            return Future.succeededFuture(List.of());
        }
        Map<Attempt, Double> highest = new LinkedHashMap<>();
        reports.forEach(report -> highest.merge(report.attempt(), report.fraction(), Math::max));
        List<Attempt> attempts = List.copyOf(highest.keySet());
        AttemptArrays columns = new AttemptArrays(attempts);
        Float[] values = highest.values().stream().map(Double::floatValue).toArray(Float[]::new);
        return database.execute(
                        RECORD_TASKS, columns.jobs(), columns.stages(), columns.tasks(), columns.tokens(), values)
                .compose(rows -> {
                    Map<String, Attempt> current = new LinkedHashMap<>();
                    Rows.stream(rows)
                            .forEach(row ->
                                    current.put(row.getString("job_id"), attempts.get(row.getInteger("place") - 1)));
                    return current.isEmpty() ? Future.succeededFuture(List.of()) : recordStageProgress(current);
                });
    }

    private Future<List<RecordedProgress>> recordStageProgress(Map<String, Attempt> attempts) {
        StageName stage = StageName.SEGMENT;
        return database.execute(
                        RECORD_STAGE_PROGRESS,
                        attempts.keySet().toArray(String[]::new),
                        stage.key(),
                        stage.startProgress(),
                        stage.completedProgress() - stage.startProgress())
                .map(rows -> Rows.stream(rows)
                        .map(row -> stageProgress(Objects.requireNonNull(attempts.get(row.getString("id"))), row))
                        .toList());
    }

    private static RecordedProgress stageProgress(Attempt attempt, Row row) {
        return new RecordedProgress(
                attempt,
                row.getInteger("progress"),
                Optional.of(new RecordedProgress.StageProgress(
                        row.getLong("seq"), row.getDouble("share"), row.getDouble("elapsed"))));
    }
}
