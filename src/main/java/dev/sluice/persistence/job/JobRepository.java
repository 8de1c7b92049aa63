package dev.sluice.persistence.job;

import dev.sluice.common.async.PayloadExecutor;
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
import dev.sluice.persistence.run.JobRegistration;
import dev.sluice.persistence.upload.UploadRepository;
import dev.sluice.persistence.usertable.UserTables;
import dev.sluice.persistence.webhook.WebhookSubscriptions;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Creates jobs and reads their status. */
public final class JobRepository {
    private static final String SELECT_JOB = """
            SELECT id, message::text AS message, stage, state, progress, error_code, error_message, created_at, finished_at
              FROM sluice.job WHERE id = $1
            """;
    private static final String LOCK_MEDIA =
            "SELECT pg_advisory_xact_lock(hashtextextended('sluice job of ' || $1, 0))";
    private static final String SELECT_ACTIVE = "SELECT id FROM sluice.job WHERE media_id = $1 AND state = 'running'"
            // Locked until the webhook is stored.
            + " ORDER BY created_at LIMIT 1 FOR SHARE";
    private static final String SET_SUBMITTER = "UPDATE sluice.job SET submitted_by = $2 WHERE id = $1";
    private static final String SET_NOT_SENT =
            "UPDATE sluice.stage_run SET sent_at = 'infinity' WHERE job_id = $1 AND stage = $2";
    private static final String COUNT_UNFINISHED =
            "SELECT count(*) AS jobs FROM sluice.job WHERE submitted_by = $1 AND state = 'running'";

    private final Database database;
    private final UserTables tables;

    public JobRepository(Database database, UserTables tables) {
        this.database = database;
        this.tables = tables;
    }

    /**
     * Creates a job in one transaction: its row, its first run, its row in the user's job table, {@code message} in the
     * outbox and what {@code creation} adds. The message of a job of the API is sent later, by {@link WaitingJobRepository}.
     *
     * @return the job that exists now: the created one; the one created earlier for the same upload; the running one of an
     *     existing media item, which gets the webhook. Empty if the upload does not exist.
     */
    public Future<Optional<JobId>> create(JobCreation creation, OutboxMessage message) {
        return database.transaction(session -> creation.uploadId().isPresent()
                ? createForUpload(session, creation, message)
                : createUnlessActive(session, creation, message).compose(id -> subscribe(session, id, creation)));
    }

    private Future<Optional<JobId>> createForUpload(SqlSession session, JobCreation creation, OutboxMessage message) {
        String upload = creation.uploadId().orElseThrow();
        JobId id = creation.job().id();
        return session.execute(UploadRepository.COMPLETE, upload)
                .compose(completed -> completed.rowCount() > 0
                        ? insert(session, creation, message).compose(inserted -> subscribe(session, id, creation))
                        : session.execute(UploadRepository.EXISTS, upload)
                                .map(found -> Optional.of(id).filter(known -> found.size() > 0)));
    }

    /** Two jobs of one media item would write the same keys. */
    private Future<JobId> createUnlessActive(SqlSession session, JobCreation creation, OutboxMessage message) {
        if (creation.media() != JobCreation.Media.EXISTING) {
            return insert(session, creation, message);
        }
        String mediaId = creation.job().mediaId();
        return session.execute(LOCK_MEDIA, mediaId)
                .compose(locked -> session.execute(SELECT_ACTIVE, mediaId))
                .compose(active -> active.size() > 0
                        ? Future.succeededFuture(
                                new JobId(active.iterator().next().getString("id")))
                        : insert(session, creation, message));
    }

    private Future<JobId> insert(SqlSession session, JobCreation creation, OutboxMessage message) {
        StagedJob job = creation.job();
        RunId download = RunId.ofStage(job.id(), StageName.DOWNLOAD);
        return Future.all(
                        JobRegistration.insertJob(session, download, job.encode()),
                        JobRegistration.insertRun(session, download),
                        creation.isFromApi() ? setWaiting(session, job) : Outbox.enqueue(session, message))
                .compose(inserted -> tables.writer().create(session, job))
                .compose(inserted -> switch (creation.media()) {
                    case UNCHANGED -> Future.succeededFuture();
                    case NEW -> tables.writer().createMedia(session, job);
                    case EXISTING -> tables.writer().markMediaPending(session, job.mediaId());
                })
                .map(job.id());
    }

    /** {@link WaitingJobRepository} sends the message. */
    private static Future<?> setWaiting(SqlSession session, StagedJob job) {
        String id = job.id().value();
        return Future.all(
                session.execute(SET_SUBMITTER, id, job.userId().orElse("")),
                session.execute(SET_NOT_SENT, id, StageName.DOWNLOAD.key()));
    }

    private static Future<Optional<JobId>> subscribe(SqlSession session, JobId job, JobCreation creation) {
        return creation.webhook()
                .map(url -> WebhookSubscriptions.subscribe(session, job, url, creation.creator()))
                .orElseGet(Future::succeededFuture)
                .map(Optional.of(job));
    }

    /** The number of jobs that a user has created through the API and that have not ended. */
    public Future<Long> countUnfinished(String user) {
        return database.execute(COUNT_UNFINISHED, user)
                .map(rows -> rows.iterator().next().getLong("jobs"));
    }

    /** The status of a job; empty until it is in the job table of Sluice. */
    public Future<Optional<JobStatus>> find(JobId id) {
        var job = database.execute(SELECT_JOB, id.value());
        var runs = new RunStatusRepository(database).findByJob(id);
        return Future.all(job, runs)
                .compose(both -> Rows.stream(job.result())
                        .findFirst()
                        .map(row -> PayloadExecutor.execute(
                                row.getString("message").length(), () -> Optional.of(status(row, runs.result()))))
                        .orElseGet(() -> Future.succeededFuture(Optional.empty())));
    }

    private static JobStatus status(Row row, List<RunStatus> runs) {
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

    /** Empty if another system wrote an invalid message; the status then has no outputs. */
    private static Optional<StagedJob> message(Row row) {
        try {
            return Optional.of(MessageCodec.decodeStagedJob(row.getString("message"), StageName.UPLOAD));
        } catch (InvalidMessageException invalid) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> instant(Row row, String column) {
        return Optional.ofNullable(row.getOffsetDateTime(column)).map(OffsetDateTime::toInstant);
    }
}
