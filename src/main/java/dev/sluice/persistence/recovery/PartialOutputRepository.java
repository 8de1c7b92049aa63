package dev.sluice.persistence.recovery;

import dev.sluice.common.async.PayloadExecutor;
import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.message.MessageCodec;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.Rows;
import dev.sluice.persistence.usertable.UserTables;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.util.List;
import java.util.Optional;

/**
 * Finds partial outputs of failed jobs. Their keys depend on the media item only. They belong to one job only while no
 * other job of the media item has published under these keys or may still do so.
 */
public final class PartialOutputRepository {
    private static final int BATCH = 100;
    private static final String UPLOAD = StageName.UPLOAD.key();
    // The upload's checkpoint is written before the first copy to a final key.
    private static final String SELECT_UNRESOLVED = """
            SELECT r.job_id FROM sluice.stage_run r JOIN sluice.job j ON j.id = r.job_id
             WHERE r.state = 'failed' AND r.checkpoint IS NOT NULL AND r.stage = $1 AND j.state = 'failed'
             ORDER BY r.finished_at LIMIT $2
            """;
    private static final String SELECT_PARTIAL_OUTPUT = """
            SELECT j.message::text AS message,
                   EXISTS (SELECT FROM sluice.job other
                            WHERE other.media_id = j.media_id AND other.id <> j.id AND other.state <> 'failed') AS shared
              FROM sluice.job j
              JOIN sluice.stage_run r ON r.job_id = j.id AND r.stage = $2 AND r.task = 0 AND r.checkpoint IS NOT NULL
             WHERE j.id = $1 AND j.state = 'failed'
            """;
    private static final String MARK_RESOLVED = """
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
     * The outputs that a failed job may have published.
     *
     * @param exclusive whether no other job can have published under the keys of its outputs
     */
    public record PartialOutput(StagedJob job, boolean exclusive) {}

    /** Returns up to 100 failed jobs whose partial outputs are not resolved yet, oldest first. */
    public Future<List<JobId>> findUnresolved() {
        return database.execute(SELECT_UNRESOLVED, UPLOAD, BATCH)
                .map(rows -> Rows.stream(rows)
                        .map(row -> new JobId(row.getString("job_id")))
                        .toList());
    }

    /** Returns the partial output of this job; empty unless the job has failed after it began to publish. */
    public Future<Optional<PartialOutput>> find(JobId job) {
        return database.execute(SELECT_PARTIAL_OUTPUT, job.value(), UPLOAD)
                .compose(rows -> rows.size() == 0
                        ? Future.succeededFuture(Optional.empty())
                        : partialOutput(rows.iterator().next()).map(Optional::of));
    }

    private Future<PartialOutput> partialOutput(Row row) {
        String message = row.getString("message");
        return PayloadExecutor.execute(message.length(), () -> MessageCodec.decodeStagedJob(message, StageName.UPLOAD))
                .compose(job -> partialOutput(row, job));
    }

    private Future<PartialOutput> partialOutput(Row row, StagedJob job) {
        return row.getBoolean("shared")
                ? Future.succeededFuture(new PartialOutput(job, false))
                // The user's table also contains jobs of the legacy processor.
                : tables.completedOthers(job.mediaId(), job.id())
                        .map(others -> database.execute(others).map(found -> new PartialOutput(job, found.size() == 0)))
                        .orElseGet(() -> Future.succeededFuture(new PartialOutput(job, true)));
    }

    /** Marks the partial output of this job as resolved, so that it is not returned again. */
    public Future<Void> markResolved(JobId job) {
        return database.execute(MARK_RESOLVED, job.value(), UPLOAD).mapEmpty();
    }
}
