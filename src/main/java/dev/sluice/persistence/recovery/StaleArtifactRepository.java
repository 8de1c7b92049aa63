package dev.sluice.persistence.recovery;

import dev.sluice.job.StageName;
import dev.sluice.persistence.db.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** What the database says about files that were found somewhere: whether anybody may still need them. */
public final class StaleArtifactRepository {
    private static final String SELECT_ENDED =
            "SELECT file_name FROM sluice.job WHERE file_name = ANY($1) AND state <> 'running'";
    // The directory of a run that is done is what the next stages read; that of one that runs is at work.
    private static final String SUPERSEDED = """
            SELECT j.file_name, r.stage, r.task, CASE WHEN r.state = 'waiting' THEN r.attempt ELSE r.attempt - 1 END AS token
              FROM sluice.job j JOIN sluice.stage_run r ON r.job_id = j.id
             WHERE j.file_name = ANY($1) AND j.state = 'running'
            """;

    private final Database database;

    public StaleArtifactRepository(Database database) {
        this.database = database;
    }

    /**
     * Attempts of a run that came to nothing.
     *
     * @param token the highest fencing token of which nobody needs the files any more
     */
    public record Superseded(String fileName, StageName stage, int task, int token) {}

    /** Those of these jobs that have ended; what belongs to no job that is known here is somebody else's. */
    public Future<Set<String>> findEndedJobs(Collection<String> fileNames) {
        return database.execute(SELECT_ENDED, (Object) fileNames.toArray(String[]::new))
                .map(rows -> {
                    Set<String> ended = new HashSet<>();
                    rows.forEach(row -> ended.add(row.getString("file_name")));
                    return ended;
                });
    }

    /** For each run of those of these jobs that go on, which of its attempts are over. */
    public Future<Set<Superseded>> findSupersededAttempts(Collection<String> fileNames) {
        return database.execute(SUPERSEDED, (Object) fileNames.toArray(String[]::new))
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
