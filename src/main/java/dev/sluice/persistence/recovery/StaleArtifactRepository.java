package dev.sluice.persistence.recovery;

import dev.sluice.job.StageName;
import dev.sluice.persistence.db.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** Determines from the job state whether files that were found are still needed. */
public final class StaleArtifactRepository {
    private static final String SELECT_ENDED =
            "SELECT file_name FROM sluice.job WHERE file_name = ANY($1) AND state <> 'running'";
    // The last attempt is kept unless the run waits: the next stages read the files of a done run, and a running one
    // is in progress.
    private static final String SELECT_SUPERSEDED = """
            SELECT j.file_name, r.stage, r.task, CASE WHEN r.state = 'waiting' THEN r.attempt ELSE r.attempt - 1 END AS token
              FROM sluice.job j JOIN sluice.stage_run r ON r.job_id = j.id
             WHERE j.file_name = ANY($1) AND j.state = 'running'
            """;

    private final Database database;

    public StaleArtifactRepository(Database database) {
        this.database = database;
    }

    /**
     * Superseded attempts of a run.
     *
     * @param token the highest fencing token whose files are no longer needed
     */
    public record Superseded(String fileName, StageName stage, int task, int token) {}

    /** Returns those of these jobs that have ended; unknown jobs belong to another system and are not returned. */
    public Future<Set<String>> findEndedJobs(Collection<String> fileNames) {
        return database.execute(SELECT_ENDED, (Object) fileNames.toArray(String[]::new))
                .map(rows -> {
                    Set<String> ended = new HashSet<>();
                    rows.forEach(row -> ended.add(row.getString("file_name")));
                    return ended;
                });
    }

    /** Returns the superseded attempts of each run, for those of these jobs that are still running. */
    public Future<Set<Superseded>> findSupersededAttempts(Collection<String> fileNames) {
        return database.execute(SELECT_SUPERSEDED, (Object) fileNames.toArray(String[]::new))
                .map(rows -> {
                    Set<Superseded> found = new HashSet<>();
                    rows.forEach(row -> found.add(findSupersededAttempts(row)));
                    return found;
                });
    }

    private static Superseded findSupersededAttempts(Row row) {
        return new Superseded(
                row.getString("file_name"),
                StageName.of(row.getString("stage")),
                row.getInteger("task"),
                row.getInteger("token"));
    }
}
