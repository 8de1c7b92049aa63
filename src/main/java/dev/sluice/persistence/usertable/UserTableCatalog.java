package dev.sluice.persistence.usertable;

import dev.sluice.config.PostgresConfig;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.SqlSession;
import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Row;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The columns of the user's job and media tables, read from PostgreSQL's catalog. Creates a missing job table. */
final class UserTableCatalog {
    private static final Logger LOG = LoggerFactory.getLogger(UserTableCatalog.class);
    private static final String CREATE_JOB_TABLE = """
            CREATE TABLE IF NOT EXISTS %s (
                "id" text PRIMARY KEY,
                "mediaId" text,
                "userId" text,
                "s3Key" text,
                "originalFilename" text,
                "status" text NOT NULL DEFAULT 'PENDING',
                "progress" integer NOT NULL DEFAULT 0,
                "currentStep" text,
                "errorMessage" text,
                "thumbnails" jsonb,
                "videoVersions" jsonb,
                "metadata" jsonb,
                "createdAt" timestamptz NOT NULL DEFAULT now(),
                "updatedAt" timestamptz NOT NULL DEFAULT now(),
                "completedAt" timestamptz)
            """;
    private static final String COLUMNS = """
            SELECT a.attname::text AS name, format_type(a.atttypid, a.atttypmod) AS type,
                   b.typname::text AS base, t.typcategory::text AS category,
                   ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = b.oid) AS labels
              FROM pg_attribute a
              JOIN pg_type t ON t.oid = a.atttypid
              JOIN pg_type b ON b.oid = CASE WHEN t.typbasetype = 0 THEN t.oid ELSE t.typbasetype END
             WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
            """;

    private final TableName jobName;
    private final TableName mediaName;
    private final String mediaOwnerColumn;
    private volatile Optional<UserTable> jobTable = Optional.empty();
    private volatile Optional<UserTable> mediaTable = Optional.empty();

    UserTableCatalog(PostgresConfig config) {
        this.jobName = TableName.parse(config.jobTable());
        this.mediaName = TableName.parse(config.mediaTable());
        this.mediaOwnerColumn = config.mediaOwnerColumn();
    }

    /** The job table as last read; empty if it does not exist. */
    Optional<UserTable> jobTable() {
        return jobTable;
    }

    /** The media table as last read; empty if it does not exist. */
    Optional<UserTable> mediaTable() {
        return mediaTable;
    }

    String mediaOwnerColumn() {
        return mediaOwnerColumn;
    }

    /**
     * Reads both tables and creates the job table if it is missing; fails if the job table has no column {@code id}.
     */
    Future<Void> open(Database database) {
        return database.transaction(session -> session
                        // Prevents hosts that start together from creating the table twice.
                        .execute("SELECT pg_advisory_xact_lock(hashtextextended('sluice user tables', 0))")
                        .compose(locked -> reload(session))
                        .compose(read -> jobTable.isPresent()
                                ? Future.succeededFuture()
                                : createJobTable(session).compose(created -> reload(session)))
                        .map(Optional.of(true)))
                .map(opened -> {
                    requireId();
                    return null;
                });
    }

    /** Reads the tables again, because their owner may have changed them. */
    Future<Void> reload(Database database) {
        return database.transaction(session -> reload(session).map(Optional.of(true)))
                .mapEmpty();
    }

    Future<Void> reload(SqlSession session) {
        var job = load(session, jobName);
        var media = load(session, mediaName);
        return Future.all(job, media).map(both -> {
            jobTable = job.result();
            mediaTable = media.result();
            return null;
        });
    }

    private static Future<Optional<UserTable>> load(SqlSession session, TableName name) {
        return session.execute(COLUMNS, name.quoted()).map(rows -> {
            Map<String, Column> columns = new HashMap<>();
            rows.forEach(row -> columns.put(row.getString("name"), column(row)));
            return columns.isEmpty() ? Optional.empty() : Optional.of(new UserTable(name, columns));
        });
    }

    private static Column column(Row row) {
        return new Column(
                row.getString("name"),
                row.getString("type"),
                row.getString("base"),
                row.getString("category").charAt(0),
                List.of(row.getArrayOfStrings("labels")));
    }

    private Future<Void> createJobTable(SqlSession session) {
        return session.executeRaw(CREATE_JOB_TABLE.formatted(jobName.quoted()))
                .onSuccess(created ->
                        LOG.atInfo().addKeyValue("table", jobName.quoted()).log("job table created"))
                .recover(cause -> cause instanceof PgException rejected
                        ? Future.failedFuture(new JobException(
                                ErrorCode.DATABASE_UNAVAILABLE,
                                "The job table " + jobName.quoted() + " does not exist and cannot be created: "
                                        + rejected.getErrorMessage() + ".",
                                rejected))
                        : Future.failedFuture(cause));
    }

    private void requireId() {
        if (!jobTable.map(table -> table.columns().containsKey(UserTable.ID)).orElse(false)) {
            throw new JobException(
                    ErrorCode.DATABASE_UNAVAILABLE, "The job table " + jobName.quoted() + " has no column \"id\".");
        }
        LOG.atInfo()
                .addKeyValue("jobTable", jobTable.map(UserTable::toString).orElse("none"))
                .addKeyValue("mediaTable", mediaTable.map(UserTable::toString).orElse("none"))
                .log("user tables detected");
    }
}
