package dev.sluice.persistence.upload;

import dev.sluice.job.JobId;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.Rows;
import dev.sluice.webhook.WebhookUrl;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/**
 * Uploads that take more than one request, so that any process can go on with any of them. Whoever takes one to add to it gets a
 * fencing token; who held it before can no longer write.
 */
public final class UploadRepository {
    private static final String INSERT = """
            INSERT INTO sluice.upload (id, owner, media_id, s3_key, file_name, job_id, bytes, direct, multipart_id, webhook_url,
                                       expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """;
    private static final String ALL = """
            id, owner, media_id, s3_key, file_name, job_id, bytes, direct, multipart_id, etags, tail, received, token, done,
            webhook_url, expires_at
            """;
    private static final String FIND = "SELECT " + ALL + " FROM sluice.upload WHERE id = $1";
    private static final String ACQUIRE =
            "UPDATE sluice.upload SET token = token + 1 WHERE id = $1 AND NOT done RETURNING " + ALL;
    private static final String ADD = """
            UPDATE sluice.upload SET multipart_id = $3, etags = $4, tail = $5, received = $6,
                   expires_at = clock_timestamp() + make_interval(secs => $7)
             WHERE id = $1 AND token = $2 AND NOT done
            """;
    private static final String EXPIRED = "SELECT " + ALL + """
             FROM sluice.upload WHERE expires_at < clock_timestamp() ORDER BY expires_at LIMIT 100
            """;
    private static final String DELETE = "DELETE FROM sluice.upload WHERE id = $1 AND token = $2";
    public static final String FINISH = "UPDATE sluice.upload SET done = true, tail = '' WHERE id = $1 AND NOT done";

    public static final String EXISTS = "SELECT FROM sluice.upload WHERE id = $1";

    private final Database database;

    public UploadRepository(Database database) {
        this.database = database;
    }

    /** Enters a new one. */
    public Future<Void> insert(UploadRecord upload) {
        return database.execute(
                        INSERT,
                        upload.id(),
                        upload.owner(),
                        upload.mediaId(),
                        upload.key(),
                        upload.fileName(),
                        upload.job().value(),
                        upload.totalBytes(),
                        upload.direct(),
                        upload.multipartId().orElse(null),
                        upload.webhook().map(WebhookUrl::value).orElse(null),
                        upload.expiresAt().atOffset(ZoneOffset.UTC))
                .mapEmpty();
    }

    /** How one stands. */
    public Future<Optional<UploadRecord>> find(String id) {
        return database.execute(FIND, id).map(UploadRepository::first);
    }

    /** Takes one to add to it; empty if there is none, or it is done. */
    public Future<Optional<UploadRecord>> acquire(String id) {
        return database.execute(ACQUIRE, id).map(UploadRepository::first);
    }

    /**
     * Writes down what has come; gives whether the one who asks still holds it.
     *
     * @param keptFor until it expires, from now
     */
    public Future<Boolean> update(UploadRecord upload, Duration keptFor) {
        return database.execute(
                        ADD,
                        upload.id(),
                        upload.token(),
                        upload.multipartId().orElse(null),
                        upload.etags().toArray(String[]::new),
                        upload.pendingBytes(),
                        upload.receivedBytes(),
                        (double) keptFor.toSeconds())
                .map(rows -> rows.rowCount() > 0);
    }

    /** Some of those that have expired, done or not. */
    public Future<List<UploadRecord>> findExpired() {
        return database.execute(EXPIRED).map(UploadRepository::all);
    }

    /** Strikes one out; gives whether it stood there as it is given. */
    public Future<Boolean> delete(UploadRecord upload) {
        return database.execute(DELETE, upload.id(), upload.token()).map(rows -> rows.rowCount() > 0);
    }

    private static Optional<UploadRecord> first(RowSet<Row> rows) {
        return all(rows).stream().findFirst();
    }

    private static List<UploadRecord> all(RowSet<Row> rows) {
        return Rows.stream(rows).map(UploadRepository::record).toList();
    }

    private static UploadRecord record(Row row) {
        OffsetDateTime expires = row.getOffsetDateTime("expires_at");
        return new UploadRecord(
                row.getString("id"),
                row.getString("owner"),
                row.getString("media_id"),
                row.getString("s3_key"),
                row.getString("file_name"),
                new JobId(row.getString("job_id")),
                row.getLong("bytes"),
                row.getBoolean("direct"),
                Optional.ofNullable(row.getString("multipart_id")),
                List.of(row.getArrayOfStrings("etags")),
                row.getBuffer("tail"),
                row.getLong("received"),
                row.getLong("token"),
                row.getBoolean("done"),
                Optional.ofNullable(row.getString("webhook_url")).map(WebhookUrl::parse),
                expires.toInstant());
    }
}
