package dev.sluice.persistence.job;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.message.JobUpdate;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.SqlSession;
import dev.sluice.persistence.outbox.Outbox;
import dev.sluice.persistence.outbox.OutboxMessage;
import dev.sluice.persistence.run.JobRegistration;
import dev.sluice.persistence.usertable.UserTables;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.function.Function;

/** Creates jobs of single-stage requests, and rejects invalid requests. */
public final class RequestRepository {
    private static final String SELECT_JOB = "SELECT id FROM sluice.job WHERE id = $1";
    private static final String PENDING = "PENDING";

    private final Database database;
    private final UserTables tables;
    private final Function<JobUpdate, OutboxMessage> route;

    /** @param route builds the message of an update */
    public RequestRepository(Database database, UserTables tables, Function<JobUpdate, OutboxMessage> route) {
        this.database = database;
        this.tables = tables;
        this.route = route;
    }

    /**
     * Creates the job of a request in one transaction: its row, its first run, its row in the user's job table and
     * {@code message} in the outbox.
     *
     * @return false if the job exists; it is not changed
     */
    public Future<Boolean> accept(StagedJob job, OutboxMessage message) {
        RunId download = RunId.ofStage(job.id(), StageName.DOWNLOAD);
        return database.transaction(session -> JobRegistration.insertJob(session, download, job.encode())
                        .compose(made -> made.rowCount() == 0
                                ? Future.succeededFuture(false)
                                : Future.all(
                                                JobRegistration.insertRun(session, download),
                                                Outbox.enqueue(session, message))
                                        .compose(put -> tables.writer().create(session, job))
                                        .map(true))
                        .map(Optional::of))
                .map(Optional::orElseThrow);
    }

    /**
     * Dead-letters an invalid request and enqueues {@code failure}. A job that is in progress or finished gets no update and
     * no change of the user's row: only the message is invalid, not the job.
     *
     * @return whether the failure was enqueued
     */
    public Future<Boolean> reject(OutboxMessage deadLetter, Optional<JobUpdate> failure) {
        return failure.map(update -> isStarted(update.jobId()))
                .orElseGet(() -> Future.succeededFuture(true))
                .compose(started -> database.transaction(session -> Outbox.enqueue(session, deadLetter)
                        .compose(enqueued -> started || failure.isEmpty()
                                ? Future.succeededFuture(false)
                                : publish(session, failure.get()))
                        .map(Optional::of)))
                .map(Optional::orElseThrow);
    }

    private Future<Boolean> publish(SqlSession session, JobUpdate update) {
        return session.execute(SELECT_JOB, update.jobId().value())
                .compose(known -> known.size() > 0
                        ? Future.succeededFuture(false)
                        : Future.all(
                                        Outbox.enqueue(session, route.apply(update)),
                                        tables.writer().applyFailure(session, update))
                                .map(true));
    }

    /** Whether the status in the user's row is not PENDING; true if the row cannot be read. */
    private Future<Boolean> isStarted(JobId job) {
        return tables.jobRow(database, job)
                .map(row -> row.map(found -> !PENDING.equalsIgnoreCase(found.getString("status", PENDING)))
                        .orElse(false))
                .recover(cause -> JobException.of(cause).code() == ErrorCode.DATABASE_UNAVAILABLE
                        ? Future.failedFuture(cause)
                        : Future.succeededFuture(true));
    }
}
