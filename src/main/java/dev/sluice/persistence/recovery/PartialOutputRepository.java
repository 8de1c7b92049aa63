package dev.sluice.persistence.recovery;

import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.message.MessageCodec;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.Rows;
import dev.sluice.persistence.usertable.UserTables;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.util.List;
import java.util.Optional;

/**
 * Results that failed jobs may have published in part. Their keys depend on the medium alone, so they are a job's own only
 * while no other job of the medium has published there or is on its way to.
 */
public final class PartialOutputRepository {
    private static final int BATCH = 100;
    private static final String UPLOAD = StageName.UPLOAD.key();
    // The upload's checkpoint is written before the first copy to a final key.
    private static final String OPEN = """
            SELECT r.job_id FROM sluice.stage_run r JOIN sluice.job j ON j.id = r.job_id
             WHERE r.state = 'failed' AND r.checkpoint IS NOT NULL AND r.stage = $1 AND j.state = 'failed'
             ORDER BY r.finished_at LIMIT $2
            """;
    private static final String OF = """
            SELECT j.message,
                   EXISTS (SELECT FROM sluice.job other
                            WHERE other.media_id = j.media_id AND other.id <> j.id AND other.state <> 'failed') AS shared
              FROM sluice.job j
              JOIN sluice.stage_run r ON r.job_id = j.id AND r.stage = $2 AND r.task = 0 AND r.checkpoint IS NOT NULL
             WHERE j.id = $1 AND j.state = 'failed'
            """;
    private static final String SETTLED = """
            UPDATE sluice.stage_run r SET checkpoint = NULL FROM sluice.job j
             WHERE j.id = r.job_id AND r.job_id = $1 AND r.stage = $2 AND r.state = 'failed' AND j.state = 'failed'
            """;

    private final Database database;
    private final UserTables tables;

    public PartialOutputRepository(Database database, UserTables tables) {
        this.database = database;
        this.tables = tables;
    }

    /**
     * What a failed job may have published.
     *
     * @param exclusive whether nobody but this job can have put anything under the keys of its outputs
     */
    public record PartialOutput(StagedJob job, boolean exclusive) {}

    /** Up to 100 failed jobs whose half results nobody has settled yet, the oldest first. */
    public Future<List<JobId>> findUnresolved() {
        return database.execute(OPEN, UPLOAD, BATCH)
                .map(rows -> Rows.stream(rows)
                        .map(row -> new JobId(row.getString("job_id")))
                        .toList());
    }

    /** What this job may have published in part; empty unless it has failed and began to publish. */
    public Future<Optional<PartialOutput>> find(JobId job) {
        return database.execute(OF, job.value(), UPLOAD)
                .compose(rows -> rows.size() == 0
                        ? Future.succeededFuture(Optional.empty())
                        : half(rows.iterator().next()).map(Optional::of));
    }

    private Future<PartialOutput> half(Row row) {
        StagedJob job = MessageCodec.decodeStagedJob((JsonObject) row.getValue("message"), StageName.UPLOAD);
        return row.getBoolean("shared")
                ? Future.succeededFuture(new PartialOutput(job, false))
                // The user's table also knows jobs of those who were here before us.
                : tables.completedOthers(job.mediaId(), job.id())
                        .map(others -> database.execute(others).map(found -> new PartialOutput(job, found.size() == 0)))
                        .orElseGet(() -> Future.succeededFuture(new PartialOutput(job, true)));
    }

    /** Nobody has to look at what this job published any more. */
    public Future<Void> markResolved(JobId job) {
        return database.execute(SETTLED, job.value(), UPLOAD).mapEmpty();
    }
}
