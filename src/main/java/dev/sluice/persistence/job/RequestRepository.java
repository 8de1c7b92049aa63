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
import dev.sluice.persistence.run.ClaimTransaction;
import dev.sluice.persistence.run.RunSettlement;
import dev.sluice.persistence.usertable.UserTables;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.function.Function;

/** Single-stage requests: how they become jobs, and how one is answered that cannot. */
public final class RequestRepository {
    private static final String SELECT_JOB = "SELECT id FROM sluice.job WHERE id = $1";
    private static final String PENDING = "PENDING";

    private final Database database;
    private final UserTables tables;
    private final Function<JobUpdate, OutboxMessage> route;

    /** @param route what message an update is */
    public RequestRepository(Database database, UserTables tables, Function<JobUpdate, OutboxMessage> route) {
        this.database = database;
        this.tables = tables;
        this.route = route;
    }

    /**
     * Makes the job of a request known, makes the user's row where there is none and has {@code first} sent, or nothing of it; a
     * job that is known already stays as it is. Gives whether it was made.
     */
    public Future<Boolean> accept(StagedJob job, OutboxMessage first) {
        RunId download = RunId.ofStage(job.id(), StageName.DOWNLOAD);
        return database.transaction(session -> ClaimTransaction.known(session, download, job.toJson())
                        .compose(made -> made.rowCount() == 0
                                ? Future.succeededFuture(false)
                                : Future.all(RunSettlement.awaited(session, download), Outbox.enqueue(session, first))
                                        .compose(put -> tables.writer().create(session, job))
                                        .map(true))
                        .map(Optional::of))
                .map(Optional::orElseThrow);
    }

    /**
     * Sets a request aside that no job can be made of, and tells {@code answer} if there is one; but nothing is told, nor shown in
     * the user's row, about a job that somebody has begun with: then it is this message that is wrong, not the job. Gives
     * whether it was told.
     */
    public Future<Boolean> reject(OutboxMessage letter, Optional<JobUpdate> answer) {
        return answer.map(update -> isBegun(update.jobId()))
                .orElseGet(() -> Future.succeededFuture(true))
                .compose(begun -> database.transaction(session -> Outbox.enqueue(session, letter)
                        .compose(put ->
                                begun || answer.isEmpty() ? Future.succeededFuture(false) : tell(session, answer.get()))
                        .map(Optional::of)))
                .map(Optional::orElseThrow);
    }

    private Future<Boolean> tell(SqlSession session, JobUpdate update) {
        return session.execute(SELECT_JOB, update.jobId().value())
                .compose(known -> known.size() > 0
                        ? Future.succeededFuture(false)
                        : Future.all(
                                        Outbox.enqueue(session, route.apply(update)),
                                        tables.writer().applyFailure(session, update))
                                .map(true));
    }

    /** Whether the user's row says so. Where it cannot be read nobody can tell, and nothing is said of the job. */
    private Future<Boolean> isBegun(JobId job) {
        return tables.jobRow(database, job)
                .map(row -> row.map(found -> !PENDING.equalsIgnoreCase(found.getString("status", PENDING)))
                        .orElse(false))
                .recover(cause -> JobException.of(cause).code() == ErrorCode.DATABASE_UNAVAILABLE
                        ? Future.failedFuture(cause)
                        : Future.succeededFuture(true));
    }
}
