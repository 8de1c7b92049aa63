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
 * Writes the state of jobs to the user tables, within the caller's transaction. A change that a table rejects is
 * logged and undone to a savepoint; the transaction goes on.
 */
public final class UserTableWriter {
    private static final Logger LOG = LoggerFactory.getLogger(UserTableWriter.class);

    private final UserTableCatalog catalog;

    UserTableWriter(UserTableCatalog catalog) {
        this.catalog = catalog;
    }

    /** Inserts the row of a new job. */
    public Future<Void> create(SqlSession session, StagedJob job) {
        return executeTolerant(
                        session,
                        catalog -> catalog.jobTable().map(table -> table.insert(UserTableMapping.jobInsert(job))))
                .mapEmpty();
    }

    /** Writes an update to the job row, which is inserted if missing, and on completion to the media row. */
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

    /** Marks a job as failed; does not insert a missing row. */
    public Future<Void> applyFailure(SqlSession session, JobUpdate update) {
        return updateJob(session, update).mapEmpty();
    }

    /** Writes an update received from another processor; returns whether the job has a row. */
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

    /**
     * Writes the final update of a job to its rows again where they say that the job has not ended; returns whether a row was
     * changed.
     *
     * @param withMedia whether the media row belongs to this job
     */
    public Future<Boolean> restoreFinal(SqlSession session, ReceivedUpdate last, boolean withMedia) {
        int minProgress = last.status() == JobUpdate.Status.COMPLETED ? last.progress() : 0;
        return executeTolerant(
                        session,
                        catalog -> catalog.jobTable()
                                .flatMap(table -> table.updateIfNotEnded(
                                        last.job().value(),
                                        UserTableMapping.jobUpdate(last),
                                        UserTableMapping.JOB_STATUS,
                                        minProgress)))
                .compose(job -> withMedia && last.status() == JobUpdate.Status.COMPLETED
                        ? executeTolerant(
                                        session,
                                        catalog -> catalog.mediaTable()
                                                .flatMap(table -> table.updateIfNotEnded(
                                                        last.mediaId(),
                                                        UserTableMapping.mediaUpdate(last),
                                                        UserTableMapping.MEDIA_STATUS,
                                                        0)))
                                .map(media -> job.orElse(0) + media.orElse(0) > 0)
                        : Future.succeededFuture(job.orElse(0) > 0));
    }

    /** Writes the progress of a running job. */
    public Future<Void> applyProgress(SqlSession session, JobId job, int progress) {
        return updateJob(session, job, UserTableMapping.progress(progress)).mapEmpty();
    }

    /** Inserts the row of a new media item, if the media table exists and accepts it. */
    public Future<Void> createMedia(SqlSession session, StagedJob job) {
        return executeTolerant(
                        session,
                        catalog -> catalog.mediaTable()
                                .map(table ->
                                        table.insert(UserTableMapping.mediaInsert(job, catalog.mediaOwnerColumn()))))
                .mapEmpty();
    }

    /** Marks a media item as waiting for its job. */
    public Future<Void> markMediaPending(SqlSession session, String mediaId) {
        return executeTolerant(
                        session,
                        catalog -> catalog.mediaTable()
                                .flatMap(table -> table.update(mediaId, UserTableMapping.pendingMedia())))
                .mapEmpty();
    }

    /** Marks a failed job as running again; does not insert a missing row. */
    public Future<Void> applyRestart(SqlSession session, JobId job, StageName stage, int progress) {
        return updateJob(session, job, UserTableMapping.restartedJob(stage, progress))
                // A separate statement: a table that requires a value in these columns still receives the rest.
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

    /**
     * Runs a statement on a user table; returns the number of changed rows, or empty if the table rejected the
     * statement.
     */
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
