package dev.sluice.persistence.job;

import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.Rows;
import dev.sluice.persistence.run.FailedAttempt;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Reads the status of the runs of a job. */
final class RunStatusRepository {
    private static final String RUNS = """
            SELECT stage, task, state, counted, worker, error, started_at, finished_at, cost, history
              FROM sluice.stage_run WHERE job_id = $1
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
