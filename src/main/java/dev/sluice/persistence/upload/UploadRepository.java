package dev.sluice.persistence.upload;

import dev.sluice.job.JobId;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.Rows;
import dev.sluice.webhook.WebhookUrl;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/**
 * Stores uploads that take more than one request, so that each request may be handled by another process. A request that
 * acquires an upload gets a new fencing token; requests with an older token can no longer write.
 */
public final class UploadRepository {
    private static final String INSERT = """
            INSERT INTO sluice.upload (id, owner, media_id, s3_key, file_name, job_id, bytes, direct, multipart_id, webhook_url,
                                       metadata, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            """;
    private static final String ALL = """
            id, owner, media_id, s3_key, file_name, job_id, bytes, direct, multipart_id, etags, tail, received, token, done,
            webhook_url, metadata, expires_at
            """;
    private static final String FIND = "SELECT " + ALL + " FROM sluice.upload WHERE id = $1";
    private static final String ACQUIRE =
            "UPDATE sluice.upload SET token = token + 1 WHERE id = $1 AND NOT done RETURNING " + ALL;
    private static final String UPDATE = """
            UPDATE sluice.upload SET multipart_id = $3, etags = $4, tail = $5, received = $6,
                   expires_at = clock_timestamp() + make_interval(secs => $7)
             WHERE id = $1 AND token = $2 AND NOT done
            """;
    private static final String EXPIRED = "SELECT " + ALL + """
             FROM sluice.upload WHERE expires_at < clock_timestamp() ORDER BY expires_at LIMIT 100
            """;
    private static final String DELETE = "DELETE FROM sluice.upload WHERE id = $1 AND token = $2";
    public static final String COMPLETE = "UPDATE sluice.upload SET done = true, tail = '' WHERE id = $1 AND NOT done";

    public static final String EXISTS = "SELECT FROM sluice.upload WHERE id = $1";

    private final Database database;

    public UploadRepository(Database database) {
        this.database = database;
    }

    public Future<Void> insert(UploadRecord upload) {
        return database.execute(
                        INSERT,
                        upload.id(),
                        upload.owner(),
                        upload.target().mediaId(),
                        upload.target().key(),
                        upload.target().fileName(),
                        upload.target().job().value(),
                        upload.totalBytes(),
                        upload.direct(),
                        upload.multipart().uploadId().orElse(null),
                        upload.webhook().map(WebhookUrl::value).orElse(null),
                        upload.metadata().orElse(null),
                        upload.expiresAt().atOffset(ZoneOffset.UTC))
                .mapEmpty();
    }

    public Future<Optional<UploadRecord>> find(String id) {
        return database.execute(FIND, id).map(UploadRepository::first);
    }

    /** Acquires an upload for appending; empty if it does not exist or is completed. */
    public Future<Optional<UploadRecord>> acquire(String id) {
        return database.execute(ACQUIRE, id).map(UploadRepository::first);
    }

    /**
     * Stores the received data.
     *
     * @param ttl time from now until the upload expires
     * @return false if another request acquired the upload
     */
    public Future<Boolean> update(UploadRecord upload, Duration ttl) {
        return database.execute(
                        UPDATE,
                        upload.id(),
                        upload.fencingToken(),
                        upload.multipart().uploadId().orElse(null),
                        upload.multipart().etags().toArray(String[]::new),
                        upload.multipart().pendingBytes(),
                        upload.multipart().receivedBytes(),
                        (double) ttl.toSeconds())
                .map(rows -> rows.rowCount() > 0);
    }

    /** At most 100 expired uploads, completed or not. */
    public Future<List<UploadRecord>> findExpired() {
        return database.execute(EXPIRED).map(UploadRepository::all);
    }

    /** Deletes an upload; returns false if another request acquired or deleted it. */
    public Future<Boolean> delete(UploadRecord upload) {
        return database.execute(DELETE, upload.id(), upload.fencingToken()).map(rows -> rows.rowCount() > 0);
    }

    private static Optional<UploadRecord> first(RowSet<Row> rows) {
        return all(rows).stream().findFirst();
    }

    private static List<UploadRecord> all(RowSet<Row> rows) {
        return Rows.stream(rows).map(UploadRepository::record).toList();
    }

    private static UploadRecord record(Row row) {
        return new UploadRecord(
                row.getString("id"),
                row.getString("owner"),
                new UploadRecord.Target(
                        row.getString("media_id"),
                        row.getString("s3_key"),
                        row.getString("file_name"),
                        new JobId(row.getString("job_id"))),
                row.getLong("bytes"),
                row.getBoolean("direct"),
                new MultipartState(
                        Optional.ofNullable(row.getString("multipart_id")),
                        List.of(row.getArrayOfStrings("etags")),
                        row.getBuffer("tail"),
                        row.getLong("received")),
                row.getLong("token"),
                row.getBoolean("done"),
                Optional.ofNullable(row.getString("webhook_url")).map(WebhookUrl::parse),
                Optional.ofNullable(row.getString("metadata")),
                row.getOffsetDateTime("expires_at").toInstant());
    }
}
