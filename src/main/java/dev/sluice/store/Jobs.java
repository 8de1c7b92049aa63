package dev.sluice.store;

import dev.sluice.job.JobId;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.message.Codec;
import dev.sluice.message.InvalidMessage;
import dev.sluice.message.StagedJob;
import dev.sluice.webhook.WebhookUrl;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** Jobs as a whole: how they begin, how they stand. */
public final class Jobs {
    private static final String JOB = """
            SELECT id, message, stage, state, progress, error_code, error_message, created_at, finished_at
              FROM sluice.job WHERE id = $1
            """;
    private static final String ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('sluice job of ' || $1, 0))";
    private static final String UNDER_WAY = "SELECT id FROM sluice.job WHERE media_id = $1 AND state = 'running'"
            // Until who wants to be told of its end is written down.
            + " ORDER BY created_at LIMIT 1 FOR SHARE";
    private static final String RUNS = """
            SELECT stage, task, state, counted, worker, error, started_at, finished_at
              FROM sluice.stage_run WHERE job_id = $1
            """;

    private final Database database;
    private final UserTables tables;

    public Jobs(Database database, UserTables tables) {
        this.database = database;
        this.tables = tables;
    }

    /** Makes the job known, makes the user's row and has {@code first} sent, or nothing of it. */
    public Future<Void> create(StagedJob job, OutboxMessage first) {
        return database.transaction(session -> begun(session, job, first).map(Optional.of(true)))
                .mapEmpty();
    }

    /** The same, with the row of a medium that is new as well. */
    public Future<Void> createWithMedium(StagedJob job, OutboxMessage first, String ownerColumn) {
        return database.transaction(session -> begun(session, job, first)
                        .compose(made -> tables.createMedium(session, job, ownerColumn))
                        .map(Optional.of(true)))
                .mapEmpty();
    }

    /**
     * The same for an upload that is complete, and once only: does nothing where its job is made already. Gives whether there
     * still is such an upload.
     */
    public Future<Boolean> createOfUpload(StagedJob job, OutboxMessage first, String ownerColumn, String upload) {
        return database.transaction(session -> session.run(UploadBook.FINISH, upload)
                        .compose(finished -> finished.rowCount() == 0
                                ? session.run(UploadBook.IS_THERE, upload).map(found -> found.size() > 0)
                                : begun(session, job, first)
                                        .compose(made -> tables.createMedium(session, job, ownerColumn))
                                        .map(true))
                        .map(Optional::of))
                .map(Optional::orElseThrow);
    }

    private Future<Void> begun(Session session, StagedJob job, OutboxMessage first) {
        RunId download = RunId.whole(job.id(), StageName.DOWNLOAD);
        return Future.all(
                        ClaimTransaction.known(session, download, job.toJson()),
                        Settlement.awaited(session, download),
                        Outbox.put(session, first))
                .compose(put -> tables.create(session, job));
    }

    /**
     * Makes a job of a medium known as above, and shows in the user's media row that it waits; unless one of this medium is under
     * way: two would write the same keys. Gives the id of the job that is.
     *
     * @param webhook who is to be told how that job ends
     */
    public Future<JobId> createUnlessUnderWay(StagedJob job, OutboxMessage first, Optional<WebhookUrl> webhook) {
        return database.transaction(session -> session.run(ALONE, job.mediaId())
                        .compose(alone -> session.run(UNDER_WAY, job.mediaId()))
                        .compose(running -> running.size() > 0
                                ? Future.succeededFuture(
                                        new JobId(running.iterator().next().getString("id")))
                                : begun(session, job, first)
                                        .compose(made -> tables.showWaiting(session, job.mediaId()))
                                        .map(job.id()))
                        .compose(id -> webhook.map(url -> WebhookOrders.name(session, id, url))
                                .orElseGet(Future::succeededFuture)
                                .map(Optional.of(id))))
                .map(Optional::orElseThrow);
    }

    /** How a job stands; empty while nobody of ours has seen it. */
    public Future<Optional<JobView>> job(JobId id) {
        var job = database.run(JOB, id.value());
        var runs = database.run(RUNS, id.value());
        return Future.all(job, runs)
                .map(both -> StreamSupport.stream(job.result().spliterator(), false)
                        .findFirst()
                        .map(row -> view(row, runs.result())));
    }

    private static JobView view(Row row, RowSet<Row> runs) {
        Optional<StagedJob> message = message(row);
        return new JobView(
                new JobId(row.getString("id")),
                JobView.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                StageName.of(row.getString("stage")),
                row.getInteger("progress"),
                Optional.ofNullable(row.getString("error_code")),
                Optional.ofNullable(row.getString("error_message")),
                message.map(StagedJob::outputs).orElse(List.of()),
                message.map(StagedJob::warnings).orElse(List.of()),
                row.getOffsetDateTime("created_at").toInstant(),
                instant(row, "finished_at"),
                runs(runs));
    }

    static List<RunView> runs(RowSet<Row> rows) {
        return StreamSupport.stream(rows.spliterator(), false)
                .map(Jobs::run)
                .sorted(Comparator.comparing(RunView::stage).thenComparing(RunView::task))
                .toList();
    }

    /** What another system left in a message may be anything; the view then has no outputs. */
    private static Optional<StagedJob> message(Row row) {
        try {
            return Optional.of(Codec.stagedJob((JsonObject) row.getValue("message"), StageName.UPLOAD));
        } catch (InvalidMessage unreadable) {
            return Optional.empty();
        }
    }

    private static RunView run(Row row) {
        return new RunView(
                StageName.of(row.getString("stage")),
                row.getInteger("task"),
                row.getString("state"),
                row.getInteger("counted"),
                Optional.ofNullable(row.getString("worker")),
                Optional.ofNullable(row.getString("error")),
                instant(row, "started_at"),
                instant(row, "finished_at"));
    }

    private static Optional<Instant> instant(Row row, String column) {
        return Optional.ofNullable(row.getOffsetDateTime(column)).map(OffsetDateTime::toInstant);
    }
}
