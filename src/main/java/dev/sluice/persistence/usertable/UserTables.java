package dev.sluice.persistence.usertable;

import dev.sluice.common.async.AsyncRetry;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ExponentialBackoff;
import dev.sluice.config.PostgresConfig;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.DatabaseCheck;
import dev.sluice.persistence.db.SqlErrorClassifier;
import dev.sluice.persistence.db.SqlStatement;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The user's job and media tables, with any columns, types and constraints. */
public final class UserTables {
    private static final Logger LOG = LoggerFactory.getLogger(UserTables.class);

    private final UserTableCatalog catalog;

    private UserTables(UserTableCatalog catalog) {
        this.catalog = catalog;
    }

    /** Returns the tables that a start needs, for a check. */
    public static List<DatabaseCheck.Table> required(PostgresConfig config) {
        TableName job = TableName.parse(config.jobTable());
        TableName media = TableName.parse(config.mediaTable());
        return List.of(
                new DatabaseCheck.Table(job.quoted(), job.schema(), true),
                new DatabaseCheck.Table(media.quoted(), media.schema(), false));
    }

    /**
     * Detects the tables and creates the job table if it is missing. Retries while the database is unavailable, until
     * {@code stop} is cancelled.
     */
    public static Future<UserTables> open(Database database, PostgresConfig config, CancellationToken stop) {
        return new AsyncRetry(
                        database.delay(stop),
                        ExponentialBackoff.RECONNECT,
                        UserTables::isUnavailable,
                        UserTables::logRetry)
                .run(() -> open(database, config));
    }

    /** As above, without retries. */
    public static Future<UserTables> open(Database database, PostgresConfig config) {
        UserTableCatalog catalog = new UserTableCatalog(config);
        return catalog.open(database).map(opened -> new UserTables(catalog));
    }

    private static boolean isUnavailable(Throwable cause) {
        return cause instanceof JobException failure
                && failure.code() == ErrorCode.DATABASE_UNAVAILABLE
                && failure.getCause() != null
                && (!(failure.getCause() instanceof PgException rejected) || SqlErrorClassifier.isTransient(rejected));
    }

    private static void logRetry(Throwable cause, Duration delay) {
        LOG.atDebug()
                .addKeyValue("error", cause.getMessage())
                .addKeyValue("retryInMs", delay.toMillis())
                .log("waiting for the database");
    }

    public UserTableWriter writer() {
        return new UserTableWriter(catalog);
    }

    public PendingJobReader pendingJobs() {
        return new PendingJobReader(catalog);
    }

    /** Reads the row of a job, with the field names of messages; empty if there is no row. */
    public Future<Optional<JsonObject>> jobRow(Database database, JobId id) {
        return rowOf(
                database,
                catalog -> catalog.jobTable().flatMap(table -> table.select(id.value(), UserTableMapping.JOB_COLUMNS)));
    }

    /** Reads the row of the newest job of a media item; also empty if the table does not identify it. */
    public Future<Optional<JsonObject>> newestJobRow(Database database, String mediaId) {
        return rowOf(
                database,
                catalog ->
                        catalog.jobTable().flatMap(table -> table.selectNewest(mediaId, UserTableMapping.JOB_COLUMNS)));
    }

    /** Reads the row of a media item: {@code s3Key}, {@code mimeType}, {@code originalFilename} and its owner. */
    public Future<Optional<JsonObject>> mediaRow(Database database, String mediaId) {
        return rowOf(
                        database,
                        catalog -> catalog.mediaTable()
                                .flatMap(table -> table.select(
                                        mediaId, UserTableMapping.mediaColumns(catalog.mediaOwnerColumn()))))
                .map(row -> row.map(found -> found.put("owner", found.getString(catalog.mediaOwnerColumn()))));
    }

    /** Runs a statement that reads the owners of media items. */
    public Future<RowSet<Row>> withOwners(Database database, Function<MediaOwnership, SqlStatement> statement) {
        return withCurrentColumns(
                database,
                () -> database.execute(
                        statement.apply(new MediaOwnership(catalog.mediaTable(), catalog.mediaOwnerColumn()))));
    }

    private Future<Optional<JsonObject>> rowOf(
            Database database, Function<UserTableCatalog, Optional<SqlStatement>> select) {
        return withCurrentColumns(database, () -> readRow(database, select.apply(catalog)))
                .recover(cause -> SqlErrorClassifier.isInvalidValue(cause)
                        ? Future.succeededFuture(Optional.empty())
                        : Future.failedFuture(cause));
    }

    /** Reads the columns again if a statement was rejected, and runs it a second time. */
    private <T> Future<T> withCurrentColumns(Database database, Supplier<Future<T>> statement) {
        return statement
                .get()
                .recover(cause -> !SqlErrorClassifier.isInvalidValue(cause)
                                && cause instanceof JobException failure
                                && failure.code() == ErrorCode.INTERNAL_ERROR
                        ? catalog.reload(database).compose(read -> statement.get())
                        : Future.failedFuture(cause));
    }

    private static Future<Optional<JsonObject>> readRow(Database database, Optional<SqlStatement> select) {
        return select.map(database::execute)
                .map(found -> found.map(rows -> rows.size() == 0
                        ? Optional.<JsonObject>empty()
                        : Optional.of(rows.iterator().next().toJson())))
                .orElseGet(() -> Future.succeededFuture(Optional.empty()));
    }

    /** As {@link UserTable#otherCompletedJobs}. */
    public Optional<SqlStatement> completedOthers(String mediaId, JobId job) {
        return catalog.jobTable().flatMap(table -> table.otherCompletedJobs(mediaId, job.value()));
    }
}
