package dev.sluice.persistence.upload;

import dev.sluice.job.JobId;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.Rows;
import dev.sluice.persistence.db.SqlSession;
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
            SELECT $1, $2, $3, $4, $5, $6, $7::bigint, $8::boolean, $9, $10, $11, $12::timestamptz
              FROM (SELECT count(*) AS uploads, coalesce(sum(bytes), 0) AS bytes FROM sluice.upload
                     WHERE owner = $2 AND NOT done) AS unfinished
             WHERE unfinished.uploads < $13::bigint AND unfinished.bytes + $7::bigint <= $14::bigint
            """;
    private static final String LOCK_OWNER =
            "SELECT pg_advisory_xact_lock(hashtextextended('sluice uploads of ' || $1, 0))";
    private static final String COLUMNS = """
            id, owner, media_id, s3_key, file_name, job_id, bytes, direct, multipart_id, etags, received, token, done,
            webhook_url, metadata, expires_at,
            """;
    /** The pending bytes are read only by a request that appends to them: they may be as large as a part. */
    private static final String WITHOUT_TAIL = COLUMNS + " ''::bytea AS tail ";

    private static final String FIND = "SELECT " + WITHOUT_TAIL + " FROM sluice.upload WHERE id = $1";
    private static final String LOCK =
            "UPDATE sluice.upload SET token = token + 1 WHERE id = $1 AND NOT done RETURNING ";
    // The length of a bytea is known without reading it.
    private static final String UPDATE = """
            WITH pending AS (
                SELECT coalesce(sum(octet_length(tail)) FILTER (WHERE owner = $8), 0) AS of_owner,
                       coalesce(sum(octet_length(tail)), 0) AS of_all
                  FROM sluice.upload WHERE NOT done AND id <> $1),
            updated AS (
                UPDATE sluice.upload u SET multipart_id = $3, etags = $4, tail = $5, received = $6,
                       expires_at = clock_timestamp() + make_interval(secs => $7)
                  FROM pending
                 WHERE u.id = $1 AND u.token = $2 AND NOT u.done
                   AND (octet_length($5) <= octet_length(u.tail) OR $6 = u.bytes
                        OR of_owner + octet_length($5) <= $9 AND of_all + octet_length($5) <= $10)
                RETURNING u.id)
            SELECT CASE WHEN EXISTS (SELECT FROM updated) THEN 'UPDATED'
                        WHEN NOT EXISTS (SELECT FROM sluice.upload WHERE id = $1 AND token = $2 AND NOT done) THEN 'LOCKED'
                        WHEN of_owner + octet_length($5) > $9 THEN 'USER_QUOTA_EXCEEDED'
                        ELSE 'QUOTA_EXCEEDED' END AS result
              FROM pending
            """;
    private static final String EXPIRED = "SELECT " + WITHOUT_TAIL + """
             FROM sluice.upload WHERE expires_at < clock_timestamp() ORDER BY expires_at LIMIT 100
            """;
    private static final String DELETE = "DELETE FROM sluice.upload WHERE id = $1 AND token = $2";
    public static final String COMPLETE = "UPDATE sluice.upload SET done = true, tail = '' WHERE id = $1 AND NOT done";

    public static final String EXISTS = "SELECT FROM sluice.upload WHERE id = $1";

    private final Database database;

    public UploadRepository(Database database) {
        this.database = database;
    }

    /** Result of {@link #update}. */
    public enum UpdateResult {
        UPDATED,
        /** Another request acquired, completed or deleted the upload. Nothing was changed. */
        LOCKED,
        /** The pending bytes of the owner would exceed the quota. Nothing was changed. */
        USER_QUOTA_EXCEEDED,
        /** The pending bytes of all users would exceed the quota. Nothing was changed. */
        QUOTA_EXCEEDED
    }

    /** Inserts an upload; returns false if the unfinished uploads of its owner would exceed the quota. */
    public Future<Boolean> insert(UploadRecord upload, UploadQuota quota) {
        return database.transaction(session ->
                        session.execute(LOCK_OWNER, upload.owner()).compose(locked -> insert(session, upload, quota)))
                .map(Optional::isPresent);
    }

    private static Future<Optional<Boolean>> insert(SqlSession session, UploadRecord upload, UploadQuota quota) {
        return session.execute(
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
                        upload.expiresAt().atOffset(ZoneOffset.UTC),
                        (long) quota.maxOpen(),
                        quota.maxOpenBytes())
                .map(rows -> rows.rowCount() > 0 ? Optional.of(true) : Optional.empty());
    }

    /** Returns an upload, without its pending bytes. */
    public Future<Optional<UploadRecord>> find(String id) {
        return database.execute(FIND, id).map(UploadRepository::first);
    }

    /** Acquires an upload for appending; empty if it does not exist or is completed. */
    public Future<Optional<UploadRecord>> acquire(String id) {
        return database.execute(LOCK + COLUMNS + " tail", id).map(UploadRepository::first);
    }

    /** As {@link #acquire}, without the pending bytes. */
    public Future<Optional<UploadRecord>> lock(String id) {
        return database.execute(LOCK + WITHOUT_TAIL, id).map(UploadRepository::first);
    }

    /**
     * Stores the received data. The quota does not apply to the pending bytes of an upload whose data is complete.
     *
     * @param ttl time from now until the upload expires
     */
    public Future<UpdateResult> update(UploadRecord upload, Duration ttl, UploadQuota quota) {
        return database.execute(
                        UPDATE,
                        upload.id(),
                        upload.fencingToken(),
                        upload.multipart().uploadId().orElse(null),
                        upload.multipart().etags().toArray(String[]::new),
                        upload.multipart().pendingBytes(),
                        upload.multipart().receivedBytes(),
                        (double) ttl.toSeconds(),
                        upload.owner(),
                        quota.maxPendingBytesOfUser(),
                        quota.maxPendingBytes())
                .map(rows -> UpdateResult.valueOf(rows.iterator().next().getString("result")));
    }

    /** At most 100 expired uploads, completed or not, without their pending bytes. */
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
