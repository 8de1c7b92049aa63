package dev.sluice.persistence.usertable;

import dev.sluice.common.async.AsyncRetry;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ExponentialBackoff;
import dev.sluice.common.text.TextSanitizer;
import dev.sluice.config.PostgresConfig;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.message.JobUpdate;
import dev.sluice.message.ReceivedUpdate;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.SqlErrorClassifier;
import dev.sluice.persistence.db.SqlSession;
import dev.sluice.persistence.db.SqlStatement;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The user's job and media tables, as they are: other columns, other types, rules of their own. What they refuse is logged,
 * and the job goes on.
 */
public final class UserTables {
    private static final Logger LOG = LoggerFactory.getLogger(UserTables.class);
    private static final ExponentialBackoff BACKOFF =
            new ExponentialBackoff(Duration.ofSeconds(1), Duration.ofSeconds(1), 0.5);
    private static final String CREATE = """
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

    private final TableName jobName;
    private final TableName mediaName;
    private final String mediaOwnerColumn;
    private volatile Tables known;

    private UserTables(TableName jobName, TableName mediaName, String mediaOwnerColumn, Tables known) {
        this.jobName = jobName;
        this.mediaName = mediaName;
        this.mediaOwnerColumn = mediaOwnerColumn;
        this.known = known;
    }

    /**
     * Reads what the tables look like; makes the job table if it is missing. Waits for a database that is away until {@code stop}
     * is cancelled; fails with a sentence if it can't be.
     */
    public static Future<UserTables> open(Database database, PostgresConfig config, CancellationToken stop) {
        return new AsyncRetry(database.delay(stop), BACKOFF, UserTables::isAway, UserTables::logRetry)
                .run(() -> open(database, config));
    }

    private static boolean isAway(Throwable cause) {
        boolean unavailable = cause instanceof JobException failure && failure.code() == ErrorCode.DATABASE_UNAVAILABLE;
        return unavailable
                && cause.getCause() != null
                && (!(cause.getCause() instanceof PgException refused) || SqlErrorClassifier.isTransient(refused));
    }

    private static void logRetry(Throwable cause, Duration delay) {
        LOG.atDebug()
                .addKeyValue("error", cause.getMessage())
                .addKeyValue("retryMs", delay.toMillis())
                .log("waiting for the database");
    }

    /** As above, without waiting. */
    public static Future<UserTables> open(Database database, PostgresConfig config) {
        TableName job = TableName.parse(config.jobTable());
        TableName media = TableName.parse(config.mediaTable());
        return database.transaction(session -> session
                        // Hosts that start together must not make it twice.
                        .execute("SELECT pg_advisory_xact_lock(hashtextextended('sluice user tables', 0))")
                        .compose(alone -> read(session, job, media))
                        .compose(found -> found.job().isPresent()
                                ? Future.succeededFuture(found)
                                : create(session, job).compose(made -> read(session, job, media)))
                        .map(Optional::of))
                .map(found -> new UserTables(job, media, config.mediaOwnerColumn(), usable(found.orElseThrow(), job)));
    }

    private static Future<Tables> read(SqlSession session, TableName job, TableName media) {
        var jobTable = UserTableCatalog.load(session, job);
        var mediaTable = UserTableCatalog.load(session, media);
        return Future.all(jobTable, mediaTable).map(both -> new Tables(jobTable.result(), mediaTable.result()));
    }

    private static Future<Void> create(SqlSession session, TableName job) {
        return session.executeRaw(CREATE.formatted(job.quoted()))
                .onSuccess(
                        made -> LOG.atInfo().addKeyValue("table", job.quoted()).log("job table created"))
                .recover(cause -> cause instanceof PgException refused
                        ? Future.failedFuture(new JobException(
                                ErrorCode.DATABASE_UNAVAILABLE,
                                "The job table " + job.quoted() + " does not exist and cannot be made: "
                                        + refused.getErrorMessage() + ".",
                                refused))
                        : Future.failedFuture(cause));
    }

    private static Tables usable(Tables found, TableName job) {
        if (!found.job().map(table -> table.columns().containsKey(UserTable.ID)).orElse(false)) {
            throw new JobException(
                    ErrorCode.DATABASE_UNAVAILABLE, "The job table " + job.quoted() + " has no column \"id\".");
        }
        LOG.atInfo()
                .addKeyValue("jobTable", found.job().map(UserTable::toString).orElse("none"))
                .addKeyValue(
                        "mediaTable", found.media().map(UserTable::toString).orElse("none"))
                .log("user's tables found");
        return found;
    }

    /** Makes the row of a new job. */
    public Future<Void> create(SqlSession session, StagedJob job) {
        return executeTolerant(
                        session, tables -> tables.job().map(table -> table.insert(UserTableMapping.jobInsert(job))))
                .mapEmpty();
    }

    /** Shows an update: in the job's row, made first where there is none, and on completion in the media's row. */
    public Future<Void> applyUpdate(SqlSession session, StagedJob job, JobUpdate update) {
        return showInJob(session, update)
                .compose(rows -> rows.isPresent() && rows.get() == 0
                        ? create(session, job).compose(made -> showInJob(session, update))
                        : Future.succeededFuture(rows))
                .compose(shown -> update.status() == JobUpdate.Status.COMPLETED
                        ? executeTolerant(
                                session,
                                tables -> tables.media()
                                        .flatMap(table ->
                                                table.update(update.mediaId(), UserTableMapping.mediaUpdate(update))))
                        : Future.succeededFuture(shown))
                .mapEmpty();
    }

    /** Shows that a job failed; a row that is not there stays so. */
    public Future<Void> applyFailure(SqlSession session, JobUpdate update) {
        return showInJob(session, update).mapEmpty();
    }

    /** The job that a row is about which waits for its first worker, readable or not; empty where there is none. */
    public Future<Optional<StagedJob>> findPendingJob(SqlSession session, JobId id) {
        return known.job()
                .flatMap(table -> table.select(id.value(), UserTableMapping.PENDING_JOB_COLUMNS))
                .map(session::execute)
                .map(found -> found.map(rows -> rows.size() == 0
                        ? Optional.<StagedJob>empty()
                        : UserTableMapping.pendingJob(id, rows.iterator().next().toJson())))
                .orElseGet(() -> Future.succeededFuture(Optional.empty()));
    }

    /** What the row of a job says, in the words of the wire; empty where there is no row. */
    public Future<Optional<JsonObject>> jobRow(Database database, JobId id) {
        return rowOf(
                database,
                tables -> tables.job().flatMap(table -> table.select(id.value(), UserTableMapping.JOB_COLUMNS)));
    }

    /** The same of the newest job of a medium; empty, too, where the table does not say which that is. */
    public Future<Optional<JsonObject>> newestJobRow(Database database, String mediaId) {
        return rowOf(
                database,
                tables -> tables.job().flatMap(table -> table.selectNewest(mediaId, UserTableMapping.JOB_COLUMNS)));
    }

    /** The row of a media item: {@code s3Key}, {@code mimeType}, {@code originalFilename} and {@code owner}. */
    public Future<Optional<JsonObject>> mediaRow(Database database, String mediaId) {
        return rowOf(
                        database,
                        tables -> tables.media()
                                .flatMap(table ->
                                        table.select(mediaId, UserTableMapping.mediaColumns(mediaOwnerColumn))))
                .map(row -> row.map(found -> found.put("owner", found.getString(mediaOwnerColumn))));
    }

    private Future<Optional<JsonObject>> rowOf(Database database, Function<Tables, Optional<SqlStatement>> select) {
        return readRow(database, select.apply(known)).recover(cause -> {
            if (SqlErrorClassifier.isInvalidValue(cause)) {
                return Future.succeededFuture(Optional.empty());
            }
            return cause instanceof JobException failure && failure.code() == ErrorCode.INTERNAL_ERROR
                    ? reload(database).compose(read -> readRow(database, select.apply(known)))
                    : Future.failedFuture(cause);
        });
    }

    private static Future<Optional<JsonObject>> readRow(Database database, Optional<SqlStatement> select) {
        return select.map(database::execute)
                .map(found -> found.map(rows -> rows.size() == 0
                        ? Optional.<JsonObject>empty()
                        : Optional.of(rows.iterator().next().toJson())))
                .orElseGet(() -> Future.succeededFuture(Optional.empty()));
    }

    /** Shows what another worker than ours said; gives whether there is a row for that. */
    public Future<Boolean> applyReceivedUpdate(SqlSession session, ReceivedUpdate report) {
        return inJob(session, report.job(), UserTableMapping.jobUpdate(report))
                .compose(rows -> rows.orElse(0) > 0 && report.status() == JobUpdate.Status.COMPLETED
                        ? executeTolerant(
                                        session,
                                        tables -> tables.media()
                                                .flatMap(table -> table.update(
                                                        report.mediaId(), UserTableMapping.mediaUpdate(report))))
                                .map(rows)
                        : Future.succeededFuture(rows))
                .map(rows -> rows.orElse(0) > 0);
    }

    /** Shows how far a running job is. */
    public Future<Void> applyProgress(SqlSession session, JobId job, int progress) {
        return inJob(session, job, UserTableMapping.progress(progress)).mapEmpty();
    }

    /** Makes the row of a new medium, where there is a table for it and that takes it. */
    public Future<Void> createMedia(SqlSession session, StagedJob job) {
        return executeTolerant(
                        session,
                        tables -> tables.media()
                                .map(table -> table.insert(UserTableMapping.mediaInsert(job, mediaOwnerColumn))))
                .mapEmpty();
    }

    /** Shows that a medium waits for its job. */
    public Future<Void> markMediaPending(SqlSession session, String mediaId) {
        return executeTolerant(
                        session,
                        tables ->
                                tables.media().flatMap(table -> table.update(mediaId, UserTableMapping.pendingMedia())))
                .mapEmpty();
    }

    /** As {@link UserTable#completedOthers}. */
    public Optional<SqlStatement> completedOthers(String mediaId, JobId job) {
        return known.job().flatMap(table -> table.otherCompletedJobs(mediaId, job.value()));
    }

    /** Looks at the tables anew: their owner may have changed them since. */
    public Future<Void> reload(Database database) {
        return database.transaction(session -> read(session, jobName, mediaName).map(Optional::of))
                .onSuccess(fresh -> known = fresh.orElseThrow())
                .mapEmpty();
    }

    /** As {@link UserTable#countUnseen}. */
    public Optional<SqlStatement> countUntracked(double overdueSeconds, Long[] without) {
        return known.job().flatMap(table -> table.countUntracked(overdueSeconds, without));
    }

    /** As {@link UserTable#missingForUnseen}; all of it where there is no table. */
    public String missingColumns() {
        return known.job()
                .map(table -> String.join(", ", table.missingColumns()))
                .orElse("the table");
    }

    /** As {@link UserTable#findUnseen}. */
    public Optional<SqlStatement> findUntracked(double overdueSeconds, Long[] without, int limit) {
        return known.job().flatMap(table -> table.findUntracked(overdueSeconds, without, limit));
    }

    /** Shows that a failed job goes on; a row that is not there stays so. */
    public Future<Void> applyRestart(SqlSession session, JobId job, StageName stage, int progress) {
        return inJob(session, job, UserTableMapping.restartedJob(stage, progress))
                // By itself: a table that wants some value there may still have the rest.
                .compose(shown -> inJob(session, job, UserTableMapping.clearedCompletion()))
                .mapEmpty();
    }

    private Future<Optional<Integer>> showInJob(SqlSession session, JobUpdate update) {
        return inJob(session, update.jobId(), UserTableMapping.jobUpdate(update));
    }

    private Future<Optional<Integer>> inJob(SqlSession session, JobId job, Map<String, ColumnValue> cells) {
        return executeTolerant(session, tables -> tables.job().flatMap(table -> table.update(job.value(), cells)));
    }

    /** Runs a statement on a user's table; gives how many rows it changed, or nothing if the table refused it. */
    private Future<Optional<Integer>> executeTolerant(
            SqlSession session, Function<Tables, Optional<SqlStatement>> statement) {
        return tried(session, statement)
                .recover(first -> changedUnderUs(first)
                        ? read(session, jobName, mediaName).compose(fresh -> {
                            known = fresh;
                            return tried(session, statement).recover(UserTables::refused);
                        })
                        : refused(first));
    }

    private Future<Optional<Integer>> tried(SqlSession session, Function<Tables, Optional<SqlStatement>> statement) {
        Optional<SqlStatement> wanted = statement.apply(known);
        if (wanted.isEmpty()) {
            return Future.succeededFuture(Optional.empty());
        }
        Future<Void> savepoint = session.savepoint();
        var changed = session.execute(wanted.get());
        return Future.all(savepoint, changed)
                .map(both -> Optional.of(changed.result().rowCount()))
                .recover(cause -> session.rollbackToSavepoint().compose(undone -> Future.failedFuture(cause)));
    }

    private static boolean changedUnderUs(Throwable cause) {
        return cause instanceof PgException refused && SqlErrorClassifier.isSchemaMismatch(refused);
    }

    private static Future<Optional<Integer>> refused(Throwable cause) {
        if (!(cause instanceof PgException refused) || SqlErrorClassifier.isTransient(refused)) {
            return Future.failedFuture(cause);
        }
        LOG.atWarn()
                .addKeyValue("table", String.valueOf(refused.getTable()))
                .addKeyValue("column", String.valueOf(refused.getColumn()))
                .addKeyValue("constraint", String.valueOf(refused.getConstraint()))
                .addKeyValue("sqlState", refused.getSqlState())
                // It may quote what somebody else wrote.
                .addKeyValue("error", TextSanitizer.singleLine(String.valueOf(refused.getErrorMessage())))
                .log("the user's table refused a change");
        return Future.succeededFuture(Optional.empty());
    }

    private record Tables(Optional<UserTable> job, Optional<UserTable> media) {}
}
