package dev.sluice.persistence.job;

import dev.sluice.job.JobId;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.message.MessageCodec;
import dev.sluice.message.StagedJob;
import dev.sluice.message.json.InvalidMessageException;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.Rows;
import dev.sluice.persistence.db.SqlSession;
import dev.sluice.persistence.outbox.Outbox;
import dev.sluice.persistence.outbox.OutboxMessage;
import dev.sluice.persistence.run.ClaimTransaction;
import dev.sluice.persistence.run.RunSettlement;
import dev.sluice.persistence.upload.UploadRecord;
import dev.sluice.persistence.upload.UploadRepository;
import dev.sluice.persistence.usertable.UserTables;
import dev.sluice.persistence.webhook.WebhookSubscriptions;
import dev.sluice.webhook.WebhookUrl;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Jobs as a whole: how they begin, how they stand. */
public final class JobRepository {
    private static final String JOB = """
            SELECT id, message, stage, state, progress, error_code, error_message, created_at, finished_at
              FROM sluice.job WHERE id = $1
            """;
    private static final String LOCK_MEDIA =
            "SELECT pg_advisory_xact_lock(hashtextextended('sluice job of ' || $1, 0))";
    private static final String SELECT_ACTIVE = "SELECT id FROM sluice.job WHERE media_id = $1 AND state = 'running'"
            // Until who wants to be told of its end is written down.
            + " ORDER BY created_at LIMIT 1 FOR SHARE";
    private final Database database;
    private final UserTables tables;

    public JobRepository(Database database, UserTables tables) {
        this.database = database;
        this.tables = tables;
    }

    /** Makes the job known, makes the user's row and has {@code first} sent, or nothing of it. */
    public Future<Void> create(StagedJob job, OutboxMessage first) {
        return database.transaction(session -> begun(session, job, first).map(Optional.of(true)))
                .mapEmpty();
    }

    /**
     * The same, with the row of a medium that is new as well.
     *
     * @param webhook who is to be told how the job ends
     */
    public Future<Void> createWithMedia(
            StagedJob job, OutboxMessage first, String ownerColumn, Optional<WebhookUrl> webhook) {
        return database.transaction(session -> begunWithMedium(session, job, first, ownerColumn, webhook)
                        .map(Optional.of(true)))
                .mapEmpty();
    }

    private Future<Void> begunWithMedium(
            SqlSession session, StagedJob job, OutboxMessage first, String ownerColumn, Optional<WebhookUrl> webhook) {
        return begun(session, job, first)
                .compose(made -> tables.writer().createMedia(session, job, ownerColumn))
                .compose(made -> named(session, job.id(), webhook));
    }

    private static Future<Void> named(SqlSession session, JobId job, Optional<WebhookUrl> webhook) {
        return webhook.map(url -> WebhookSubscriptions.subscribe(session, job, url))
                .orElseGet(Future::succeededFuture);
    }

    /**
     * The same for an upload that is complete, and once only: does nothing where its job is made already. Gives whether there
     * still is such an upload.
     */
    public Future<Boolean> createForUpload(
            StagedJob job, OutboxMessage first, String ownerColumn, UploadRecord upload) {
        return database.transaction(session -> session.execute(UploadRepository.FINISH, upload.id())
                        .compose(finished -> finished.rowCount() == 0
                                ? session.execute(UploadRepository.EXISTS, upload.id())
                                        .map(found -> found.size() > 0)
                                : begunWithMedium(session, job, first, ownerColumn, upload.webhook())
                                        .map(true))
                        .map(Optional::of))
                .map(Optional::orElseThrow);
    }

    private Future<Void> begun(SqlSession session, StagedJob job, OutboxMessage first) {
        RunId download = RunId.ofStage(job.id(), StageName.DOWNLOAD);
        return Future.all(
                        ClaimTransaction.known(session, download, job.toJson()),
                        RunSettlement.awaited(session, download),
                        Outbox.enqueue(session, first))
                .compose(put -> tables.writer().create(session, job));
    }

    /**
     * Makes a job of a medium known as above, and shows in the user's media row that it waits; unless one of this medium is under
     * way: two would write the same keys. Gives the id of the job that is.
     *
     * @param webhook who is to be told how that job ends
     */
    public Future<JobId> createUnlessActive(StagedJob job, OutboxMessage first, Optional<WebhookUrl> webhook) {
        return database.transaction(session -> session.execute(LOCK_MEDIA, job.mediaId())
                        .compose(alone -> session.execute(SELECT_ACTIVE, job.mediaId()))
                        .compose(running -> running.size() > 0
                                ? Future.succeededFuture(
                                        new JobId(running.iterator().next().getString("id")))
                                : begun(session, job, first)
                                        .compose(made -> tables.writer().markMediaPending(session, job.mediaId()))
                                        .map(job.id()))
                        .compose(id -> named(session, id, webhook).map(Optional.of(id))))
                .map(Optional::orElseThrow);
    }

    /** How a job stands; empty while nobody of ours has seen it. */
    public Future<Optional<JobStatus>> find(JobId id) {
        var job = database.execute(JOB, id.value());
        var runs = new RunStatusRepository(database).findByJob(id);
        return Future.all(job, runs)
                .map(both -> Rows.stream(job.result()).findFirst().map(row -> view(row, runs.result())));
    }

    private static JobStatus view(Row row, List<RunStatus> runs) {
        Optional<StagedJob> message = message(row);
        return new JobStatus(
                new JobId(row.getString("id")),
                JobStatus.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                StageName.of(row.getString("stage")),
                row.getInteger("progress"),
                Optional.ofNullable(row.getString("error_code")),
                Optional.ofNullable(row.getString("error_message")),
                message.map(StagedJob::outputs).orElse(List.of()),
                message.map(StagedJob::warnings).orElse(List.of()),
                row.getOffsetDateTime("created_at").toInstant(),
                instant(row, "finished_at"),
                runs);
    }

    /** What another system left in a message may be anything; the view then has no outputs. */
    private static Optional<StagedJob> message(Row row) {
        try {
            return Optional.of(MessageCodec.decodeStagedJob((JsonObject) row.getValue("message"), StageName.UPLOAD));
        } catch (InvalidMessageException invalid) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> instant(Row row, String column) {
        return Optional.ofNullable(row.getOffsetDateTime(column)).map(OffsetDateTime::toInstant);
    }
}
