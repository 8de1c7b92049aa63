package dev.sluice.persistence.run;

import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.persistence.db.Database;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** Results of completed runs. */
public record TaskResultRepository(Database database) {
    private static final String RESULTS =
            "SELECT task, result FROM sluice.stage_run WHERE job_id = $1 AND stage = $2 AND state = 'done'";

    /** The results of the completed runs of a stage, by task number. */
    public Future<SortedMap<Integer, JsonObject>> find(JobId job, StageName stage) {
        return database.execute(RESULTS, job.value(), stage.key()).map(rows -> {
            SortedMap<Integer, JsonObject> results = new TreeMap<>();
            rows.forEach(row -> results.put(row.getInteger("task"), (JsonObject) row.getValue("result")));
            return Collections.unmodifiableSortedMap(results);
        });
    }
}
