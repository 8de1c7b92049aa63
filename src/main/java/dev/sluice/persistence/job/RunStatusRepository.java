package dev.sluice.persistence.job;

import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.Rows;
import dev.sluice.persistence.job.WaitingReason.Kind;
import dev.sluice.persistence.run.FailedAttempt;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reads the status of the runs of a job, and why a job waits. */
final class RunStatusRepository {
    private static final String RUNS = """
            SELECT stage, task, state, counted, worker, error, started_at, finished_at, cost, history,
                   result -> 'effort' AS effort
              FROM sluice.stage_run WHERE job_id = $1
            """;

    // Later stages of a restarted job have a run, too; they wait for the earlier one.
    private static final String WAITING = """
            SELECT DISTINCT ON (r.job_id) r.job_id, r.stage,
                   CASE WHEN EXISTS (SELECT FROM sluice.paused_stage p WHERE p.stage = r.stage) THEN 'PAUSED'
                        WHEN r.sent_at = 'infinity' THEN 'HELD'
                        WHEN r.sent_at > clock_timestamp() THEN 'DELAYED'
                        ELSE 'QUEUED' END AS kind,
                   CASE WHEN isfinite(r.sent_at) THEN r.sent_at END AS sent_at,
                   CASE WHEN $2 THEN (SELECT count(*) FROM sluice.stage_run o
                        WHERE o.stage = r.stage AND o.state = 'waiting' AND o.sent_at < r.sent_at) END AS ahead
              FROM sluice.stage_run r
             WHERE r.job_id = ANY ($1) AND r.state IN ('waiting', 'running')
             ORDER BY r.job_id, array_position(ARRAY['download', 'processing', 'segment', 'join', 'upload'], r.stage), r.sent_at
            """;

    private final Database database;

    RunStatusRepository(Database database) {
        this.database = database;
    }

    /** The runs in the order of stages and tasks. */
    Future<List<RunStatus>> findByJob(JobId id) {
        return database.execute(RUNS, id.value())
                .map(rows -> Rows.stream(rows)
                        .map(RunStatusRepository::run)
                        .sorted(Comparator.comparing(RunStatus::stage).thenComparing(RunStatus::task))
                        .toList());
    }

    /** Why jobs wait, by job; jobs without an open run are missing. */
    Future<Map<JobId, WaitingReason>> waitingReasons(List<JobId> jobs, boolean withAhead) {
        return jobs.isEmpty()
                ? Future.succeededFuture(Map.of())
                : database.execute(WAITING, jobs.stream().map(JobId::value).toArray(String[]::new), withAhead)
                        .map(rows -> Rows.stream(rows)
                                .collect(Collectors.toUnmodifiableMap(
                                        row -> new JobId(row.getString("job_id")), RunStatusRepository::reason)));
    }

    private static WaitingReason reason(Row row) {
        Kind kind = Kind.valueOf(row.getString("kind"));
        return new WaitingReason(
                StageName.of(row.getString("stage")),
                kind,
                Optional.ofNullable(row.getLong("ahead")).filter(ahead -> kind == Kind.PAUSED || kind == Kind.QUEUED),
                kind == Kind.DELAYED ? instant(row, "sent_at") : Optional.empty());
    }

    private static RunStatus run(Row row) {
        return new RunStatus(
                StageName.of(row.getString("stage")),
                row.getInteger("task"),
                row.getString("state"),
                row.getInteger("counted"),
                Optional.ofNullable(row.getString("worker")),
                Optional.ofNullable(row.getString("error")),
                instant(row, "started_at"),
                instant(row, "finished_at"),
                Optional.of(row.getJsonObject("cost")).filter(cost -> !cost.isEmpty()),
                Optional.ofNullable(row.getJsonObject("effort")),
                ((JsonArray) row.getValue("history"))
                        .stream()
                                .map(JsonObject.class::cast)
                                .map(FailedAttempt::of)
                                .toList());
    }

    private static Optional<Instant> instant(Row row, String column) {
        return Optional.ofNullable(row.getOffsetDateTime(column)).map(OffsetDateTime::toInstant);
    }
}
