package dev.sluice.persistence.usertable;

import dev.sluice.common.text.TextSanitizer;
import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.message.JobUpdate;
import dev.sluice.message.ReceivedUpdate;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.db.SqlErrorClassifier;
import dev.sluice.persistence.db.SqlSession;
import dev.sluice.persistence.db.SqlStatement;
import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the state of jobs to the user tables, within the caller's transaction. A change that a table rejects is logged and
 * undone to a savepoint; the transaction goes on.
 */
public final class UserTableWriter {
    private static final Logger LOG = LoggerFactory.getLogger(UserTableWriter.class);

    private final UserTableCatalog catalog;

    UserTableWriter(UserTableCatalog catalog) {
        this.catalog = catalog;
    }

    /** Makes the row of a new job. */
    public Future<Void> create(SqlSession session, StagedJob job) {
        return executeTolerant(
                        session,
                        catalog -> catalog.jobTable().map(table -> table.insert(UserTableMapping.jobInsert(job))))
                .mapEmpty();
    }

    /** Shows an update: in the job's row, made first where there is none, and on completion in the media's row. */
    public Future<Void> applyUpdate(SqlSession session, StagedJob job, JobUpdate update) {
        return updateJob(session, update)
                .compose(rows -> rows.isPresent() && rows.get() == 0
                        ? create(session, job).compose(made -> updateJob(session, update))
                        : Future.succeededFuture(rows))
                .compose(shown -> update.status() == JobUpdate.Status.COMPLETED
                        ? executeTolerant(
                                session,
                                catalog -> catalog.mediaTable()
                                        .flatMap(table ->
                                                table.update(update.mediaId(), UserTableMapping.mediaUpdate(update))))
                        : Future.succeededFuture(shown))
                .mapEmpty();
    }

    /** Shows that a job failed; a row that is not there stays so. */
    public Future<Void> applyFailure(SqlSession session, JobUpdate update) {
        return updateJob(session, update).mapEmpty();
    }

    /** Shows what another worker than ours said; gives whether there is a row for that. */
    public Future<Boolean> applyReceivedUpdate(SqlSession session, ReceivedUpdate report) {
        return updateJob(session, report.job(), UserTableMapping.jobUpdate(report))
                .compose(rows -> rows.orElse(0) > 0 && report.status() == JobUpdate.Status.COMPLETED
                        ? executeTolerant(
                                        session,
                                        catalog -> catalog.mediaTable()
                                                .flatMap(table -> table.update(
                                                        report.mediaId(), UserTableMapping.mediaUpdate(report))))
                                .map(rows)
                        : Future.succeededFuture(rows))
                .map(rows -> rows.orElse(0) > 0);
    }

    /** Shows how far a running job is. */
    public Future<Void> applyProgress(SqlSession session, JobId job, int progress) {
        return updateJob(session, job, UserTableMapping.progress(progress)).mapEmpty();
    }

    /** Makes the row of a new medium, where there is a table for it and that takes it. */
    public Future<Void> createMedia(SqlSession session, StagedJob job, String ownerColumn) {
        return executeTolerant(
                        session,
                        catalog -> catalog.mediaTable()
                                .map(table -> table.insert(UserTableMapping.mediaInsert(job, ownerColumn))))
                .mapEmpty();
    }

    /** Shows that a medium waits for its job. */
    public Future<Void> markMediaPending(SqlSession session, String mediaId) {
        return executeTolerant(
                        session,
                        catalog -> catalog.mediaTable()
                                .flatMap(table -> table.update(mediaId, UserTableMapping.pendingMedia())))
                .mapEmpty();
    }

    /** Shows that a failed job goes on; a row that is not there stays so. */
    public Future<Void> applyRestart(SqlSession session, JobId job, StageName stage, int progress) {
        return updateJob(session, job, UserTableMapping.restartedJob(stage, progress))
                // By itself: a table that wants some value there may still have the rest.
                .compose(shown -> updateJob(session, job, UserTableMapping.clearedCompletion()))
                .mapEmpty();
    }

    private Future<Optional<Integer>> updateJob(SqlSession session, JobUpdate update) {
        return updateJob(session, update.jobId(), UserTableMapping.jobUpdate(update));
    }

    private Future<Optional<Integer>> updateJob(SqlSession session, JobId job, Map<String, ColumnValue> cells) {
        return executeTolerant(
                session, catalog -> catalog.jobTable().flatMap(table -> table.update(job.value(), cells)));
    }

    /** Runs a statement on a user table; returns the number of changed rows, or empty if the table rejected the statement. */
    private Future<Optional<Integer>> executeTolerant(
            SqlSession session, Function<UserTableCatalog, Optional<SqlStatement>> statement) {
        return executeWithSavepoint(session, statement)
                .recover(first -> isSchemaMismatch(first)
                        ? catalog.reload(session)
                                .compose(read ->
                                        executeWithSavepoint(session, statement).recover(UserTableWriter::logRejection))
                        : logRejection(first));
    }

    private Future<Optional<Integer>> executeWithSavepoint(
            SqlSession session, Function<UserTableCatalog, Optional<SqlStatement>> statement) {
        Optional<SqlStatement> built = statement.apply(catalog);
        if (built.isEmpty()) {
            return Future.succeededFuture(Optional.empty());
        }
        Future<Void> savepoint = session.savepoint();
        var changed = session.execute(built.get());
        return Future.all(savepoint, changed)
                .map(both -> Optional.of(changed.result().rowCount()))
                .recover(cause -> session.rollbackToSavepoint().compose(undone -> Future.failedFuture(cause)));
    }

    private static boolean isSchemaMismatch(Throwable cause) {
        return cause instanceof PgException rejected && SqlErrorClassifier.isSchemaMismatch(rejected);
    }

    private static Future<Optional<Integer>> logRejection(Throwable cause) {
        if (!(cause instanceof PgException rejected) || SqlErrorClassifier.isTransient(rejected)) {
            return Future.failedFuture(cause);
        }
        LOG.atWarn()
                .addKeyValue("table", String.valueOf(rejected.getTable()))
                .addKeyValue("column", String.valueOf(rejected.getColumn()))
                .addKeyValue("constraint", String.valueOf(rejected.getConstraint()))
                .addKeyValue("sqlState", rejected.getSqlState())
                // The message may quote untrusted values.
                .addKeyValue("error", TextSanitizer.singleLine(String.valueOf(rejected.getErrorMessage())))
                .log("change rejected by user table");
        return Future.succeededFuture(Optional.empty());
    }
}
