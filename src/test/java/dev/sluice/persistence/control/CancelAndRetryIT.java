package dev.sluice.persistence.control;

import static dev.sluice.common.async.Await.await;
import static dev.sluice.common.async.Await.failureOf;
import static dev.sluice.persistence.Samples.LEASE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ServicesExtension;
import dev.sluice.job.Attempt;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.message.JobUpdate;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.InterruptedConnection;
import dev.sluice.persistence.Samples;
import dev.sluice.persistence.Store;
import dev.sluice.persistence.TestDatabase;
import dev.sluice.persistence.db.NotificationListener;
import dev.sluice.persistence.job.JobCreation;
import dev.sluice.persistence.job.JobStatus;
import dev.sluice.persistence.progress.ProgressReport;
import dev.sluice.persistence.recovery.LostMessageRepository;
import dev.sluice.persistence.run.Claim;
import dev.sluice.persistence.run.ClaimResult;
import dev.sluice.persistence.run.StageCompletion;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.sql.Connection;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith({VertxExtension.class, ServicesExtension.class})
class CancelAndRetryIT {
    private static final JobException REASON =
            new JobException(ErrorCode.CANCELLED, "The job was cancelled by an operator.");

    private static TestDatabase database;
    private static Vertx vertx;
    private static Store store;

    @BeforeAll
    static void open(Vertx sharedVertx, TestDatabase newDatabase, Store newStore) {
        vertx = sharedVertx;
        database = newDatabase;
        store = newStore;
    }

    @Test
    void cancelsRunningJobWithItsRunsRowAndUpdate() {
        StagedJob job = Samples.job("ended");
        Claim claim = granted(job, Samples.download("ended"));
        await(store.runs().recordProgress(List.of(new ProgressReport(claim.attempt(), 11, 0))));

        JobControlResult result = cancel("ended");

        assertThat(result).isEqualTo(new JobControlResult.Applied(StageName.DOWNLOAD));
        assertThat(database.query("SELECT state, error_code, finished_at IS NOT NULL AS timed FROM sluice.job"
                        + " WHERE id = 'ended'"))
                .containsExactly(Map.of("state", "failed", "error_code", "cancelled", "timed", "t"));
        assertThat(database.query("SELECT state, attempt, history -> 0 ->> 'worker' AS worker,"
                        + " history -> 0 ->> 'error_code' AS code FROM sluice.stage_run WHERE job_id = 'ended'"))
                .containsExactly(Map.of("state", "failed", "attempt", "2", "worker", "w1", "code", "cancelled"));
        assertThat(database.query("SELECT \"status\", \"errorMessage\", \"currentStep\", \"progress\""
                        + " FROM \"VideoProcessingJob\" WHERE \"id\" = 'ended'"))
                .containsExactly(Map.of(
                        "status",
                        "FAILED",
                        "errorMessage",
                        REASON.message(),
                        "currentStep",
                        "download_failed",
                        "progress",
                        "11"));
        JsonObject update = updates("ended").get(1);
        assertThat(update.getString("error_code")).isEqualTo("cancelled");
        assertThat(update.getInteger("progress")).isEqualTo(11);
        assertThat(update.getLong("seq")).isEqualTo(Claim.SEQUENCE_BLOCK + 1);
    }

    @Test
    void fencesWorkerAndIgnoresLaterMessagesOfCancelledJob() {
        StagedJob job = Samples.job("shut");
        Claim claim = granted(job, Samples.download("shut"));

        cancel("shut");

        assertThat(await(store.runs().commit(claim.attempt(), done(job, claim))))
                .isFalse();
        assertThat(await(store.runs()
                        .fail(
                                claim.attempt(),
                                REASON,
                                Samples.failed(job, claim.attempt(), REASON),
                                Optional.of(history -> Samples.again(job)))))
                .isFalse();
        assertThat(await(store.runs().renew(List.of(claim.attempt()), LEASE))).isEmpty();
        assertThat(await(claim(job, Samples.download("shut")))).isInstanceOf(ClaimResult.AlreadyFinished.class);
        assertThat(await(claim(job, Samples.upload("shut")))).isInstanceOf(ClaimResult.AlreadyFinished.class);
        assertThat(updates("shut")).hasSize(2);
        assertThat(await(store.runs().findCancelled(List.of(new JobId("shut"), new JobId("no-such")))))
                .containsExactly(new JobId("shut"));
    }

    @Test
    void cancelsJobBetweenStages() {
        StagedJob job = Samples.job("between");
        Claim claim = granted(job, Samples.download("between"));
        await(store.runs().commit(claim.attempt(), done(job, claim)));

        assertThat(cancel("between")).isEqualTo(new JobControlResult.Applied(StageName.PROCESSING));
        assertThat(await(claim(job, processing("between")))).isInstanceOf(ClaimResult.AlreadyFinished.class);
    }

    @Test
    void cancelsAndRetriesJobWithoutWorker() {
        StagedJob job = Samples.job("pending");
        await(store.jobs().create(JobCreation.of(job), Samples.again(job)));

        assertThat(cancel("pending")).isEqualTo(new JobControlResult.Applied(StageName.DOWNLOAD));
        assertThat(await(claim(job, Samples.download("pending")))).isInstanceOf(ClaimResult.AlreadyFinished.class);
        assertThat(statuses("pending")).containsExactly("failed");
        assertThat(userStatus("pending")).isEqualTo("FAILED");

        assertThat(restart("pending", StageName.DOWNLOAD)).isEqualTo(new JobControlResult.Applied(StageName.DOWNLOAD));
        assertThat(granted(job, Samples.download("pending")).firstSeq()).isEqualTo(2);
    }

    @Test
    void cancelsJobOnceWhenClaimedConcurrently() throws Exception {
        StagedJob job = Samples.job("first");
        await(store.jobs().create(JobCreation.of(job), Samples.again(job)));

        try (Connection locker = locking("first")) {
            Future<ClaimResult> claim = claim(job, Samples.download("first"));
            awaitBlockedTransactions(1);
            Future<JobControlResult> cancel = startCancel("first");
            awaitBlockedTransactions(2);
            locker.rollback();

            await(claim);
            assertThat(await(cancel)).isEqualTo(new JobControlResult.Applied(StageName.DOWNLOAD));
        }
        assertThat(statuses("first")).endsWith("failed").containsOnlyOnce("failed");
        assertThat(userStatus("first")).isEqualTo("FAILED");
    }

    @Test
    void rejectsCancelOfUnknownOrFinishedJob() {
        complete("complete");
        granted(Samples.job("again"), Samples.download("again"));
        cancel("again");

        assertThat(cancel("unknown")).isEqualTo(new JobControlResult.JobNotFound());
        assertThat(cancel("complete"))
                .isEqualTo(new JobControlResult.Conflict(JobStatus.State.COMPLETED, Optional.empty()));
        assertThat(cancel("again"))
                .isEqualTo(new JobControlResult.Conflict(JobStatus.State.FAILED, Optional.of("cancelled")));
        assertThat(updates("complete")).hasSize(2);
        assertThat(updates("again")).hasSize(2);
    }

    @Test
    void keepsCommitWhenCancelIsLater() throws Exception {
        StagedJob job = Samples.job("commit-first").forStage(StageName.UPLOAD);
        Claim claim = granted(job, Samples.upload("commit-first"));

        try (Connection locker = locking("commit-first")) {
            Future<Boolean> commit = store.runs().commit(claim.attempt(), completion(job, claim));
            awaitBlockedTransactions(1);
            Future<JobControlResult> cancel = startCancel("commit-first");
            awaitBlockedTransactions(2);
            locker.rollback();

            assertThat(await(commit)).isTrue();
            assertThat(await(cancel))
                    .isEqualTo(new JobControlResult.Conflict(JobStatus.State.COMPLETED, Optional.empty()));
        }
        assertThat(statuses("commit-first")).containsExactly("processing", "completed");
        assertThat(userStatus("commit-first")).isEqualTo("COMPLETED");
    }

    @Test
    void rejectsCommitWhenCancelIsEarlier() throws Exception {
        StagedJob job = Samples.job("cancel-first").forStage(StageName.UPLOAD);
        Claim claim = granted(job, Samples.upload("cancel-first"));

        try (Connection locker = locking("cancel-first")) {
            Future<JobControlResult> cancel = startCancel("cancel-first");
            awaitBlockedTransactions(1);
            Future<Boolean> commit = store.runs().commit(claim.attempt(), completion(job, claim));
            awaitBlockedTransactions(2);
            locker.rollback();

            assertThat(await(cancel)).isEqualTo(new JobControlResult.Applied(StageName.UPLOAD));
            assertThat(await(commit)).isFalse();
        }
        assertThat(statuses("cancel-first")).containsExactly("processing", "failed");
        assertThat(userStatus("cancel-first")).isEqualTo("FAILED");
    }

    @Test
    void cancelsRunThatIsClaimedConcurrently() throws Exception {
        StagedJob job = Samples.job("claimed");
        Claim claim = granted(job, Samples.download("claimed"));
        await(store.runs().commit(claim.attempt(), done(job, claim)));

        try (Connection locker = database.connect()) {
            locker.setAutoCommit(false);
            locker.createStatement().execute("SELECT FROM sluice.job WHERE id = 'claimed' FOR NO KEY UPDATE");
            Future<ClaimResult> next = claim(job.forStage(StageName.PROCESSING), processing("claimed"));
            awaitBlockedTransactions(1);
            Future<JobControlResult> cancel = startCancel("claimed");
            awaitBlockedTransactions(2);
            locker.rollback();

            await(next);
            assertThat(await(cancel)).isEqualTo(new JobControlResult.Applied(StageName.PROCESSING));
        }
        assertThat(database.value("SELECT count(*) FROM sluice.stage_run WHERE job_id = 'claimed'"
                        + " AND state IN ('running', 'waiting')"))
                .isEqualTo("0");
        assertThat(statuses("claimed")).endsWith("failed").containsOnlyOnce("failed");
    }

    @Test
    void notifiesListenersAlsoAfterReconnect() {
        AtomicReference<String> received = new AtomicReference<>();
        AtomicReference<Promise<Void>> subscriptions = new AtomicReference<>(Promise.promise());
        NotificationListener listener = NotificationListener.listen(
                vertx,
                database.config(),
                Map.of(JobCancellation.CHANNEL, received::set),
                () -> subscriptions.get().complete());
        await(subscriptions.get().future());

        granted(Samples.job("notified"), Samples.download("notified"));
        cancel("notified");
        Awaitility.await().until(() -> "notified".equals(received.get()));

        subscriptions.set(Promise.promise());
        database.execute("SELECT pg_notify('sluice_job_cancelled', ''); SELECT pg_terminate_backend(pid)"
                + " FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()");
        await(subscriptions.get().future());
        granted(Samples.job("reconnected"), Samples.download("reconnected"));
        cancel("reconnected");

        Awaitility.await().until(() -> "reconnected".equals(received.get()));
        await(listener.close());
    }

    @Test
    void resubscribesWhenConnectionDoesNotRespond() {
        InterruptedConnection connection = InterruptedConnection.before(vertx, database.config());
        AtomicReference<String> received = new AtomicReference<>();
        AtomicInteger subscriptions = new AtomicInteger();
        NotificationListener listener = NotificationListener.listen(
                vertx,
                connection.config(),
                Map.of(JobCancellation.CHANNEL, received::set),
                subscriptions::incrementAndGet,
                Duration.ofMillis(900));
        Awaitility.await().until(() -> subscriptions.get() == 1);

        connection.fallSilent();

        Awaitility.await().until(() -> subscriptions.get() > 1);
        granted(Samples.job("resubscribed"), Samples.download("resubscribed"));
        cancel("resubscribed");
        Awaitility.await().until(() -> "resubscribed".equals(received.get()));
        await(listener.close());
        await(connection.close());
    }

    @Test
    void restartsFailedStageWithoutDecreasingProgressOrSequence() {
        StagedJob job = Samples.job("restarted");
        Claim first = granted(job, Samples.download("restarted"));
        JobUpdate failed = Samples.failed(job, first.attempt(), REASON);
        await(store.runs().fail(first.attempt(), REASON, failed, Optional.empty()));

        JobControlResult result = restart("restarted", StageName.DOWNLOAD);
        Claim second = granted(job, Samples.download("restarted"));

        assertThat(result).isEqualTo(new JobControlResult.Applied(StageName.DOWNLOAD));
        assertThat(database.value("SELECT count(*) FROM sluice.outbox WHERE message_id = 'restarted/again'"))
                .isEqualTo("1");
        assertThat(second.attempt()).isEqualTo(new Attempt(Samples.download("restarted"), 2, 1));
        assertThat(second.firstSeq()).isGreaterThan(first.firstSeq() + Claim.SEQUENCE_BLOCK - 1);
        assertThat(second.minProgress()).isEqualTo(failed.progress());
        assertThat(await(store.jobs().find(job.id())).orElseThrow()).satisfies(view -> {
            assertThat(view.state()).isEqualTo(JobStatus.State.RUNNING);
            assertThat(view.errorCode()).isEmpty();
            assertThat(view.finished()).isEmpty();
        });
        Map<String, String> row = new HashMap<>();
        row.put("status", "PROCESSING");
        row.put("errorMessage", null);
        row.put("progress", "10");
        assertThat(database.query("SELECT \"status\", \"errorMessage\", \"progress\" FROM \"VideoProcessingJob\""
                        + " WHERE \"id\" = 'restarted'"))
                .containsExactly(row);
    }

    @Test
    void restartsJobWhenUserTableRequiresErrorMessage() {
        StagedJob job = Samples.job("strict");
        Claim claim = granted(job, Samples.download("strict"));
        await(store.runs()
                .fail(claim.attempt(), REASON, Samples.failed(job, claim.attempt(), REASON), Optional.empty()));
        database.execute(
                "UPDATE \"VideoProcessingJob\" SET \"errorMessage\" = coalesce(\"errorMessage\", '');"
                        + "ALTER TABLE \"VideoProcessingJob\" ADD CONSTRAINT wants CHECK (\"errorMessage\" IS NOT NULL) NOT VALID");
        try {
            assertThat(restart("strict", StageName.DOWNLOAD))
                    .isEqualTo(new JobControlResult.Applied(StageName.DOWNLOAD));
        } finally {
            database.execute("ALTER TABLE \"VideoProcessingJob\" DROP CONSTRAINT wants");
        }

        assertThat(userStatus("strict")).isEqualTo("PROCESSING");
    }

    @Test
    void ignoresMessageFromBeforeRestartForLaterStage() {
        StagedJob job = Samples.job("stale");
        Claim download = granted(job, Samples.download("stale"));
        await(store.runs().commit(download.attempt(), done(job, download)));
        Claim processing = granted(job, processing("stale"));
        await(store.runs().commit(processing.attempt(), done(job, processing)));
        Claim upload = granted(job, Samples.upload("stale"));
        await(store.runs()
                .fail(upload.attempt(), REASON, Samples.failed(job, upload.attempt(), REASON), Optional.empty()));

        restart("stale", StageName.PROCESSING);

        assertThat(await(claim(job, Samples.upload("stale")))).isInstanceOf(ClaimResult.AlreadyFinished.class);
        Claim again = granted(job, processing("stale"));
        await(store.runs().commit(again.attempt(), done(job, again)));
        assertThat(granted(job, Samples.upload("stale")).attempt())
                .isEqualTo(new Attempt(Samples.upload("stale"), 2, 1));
    }

    @Test
    void claimsCurrentMessageWhenOlderMessageIsDelivered() {
        StagedJob job = Samples.job("restarted-twice");
        Claim processing = granted(job, processing("restarted-twice"));
        StagedJob old = job.withSource("old/source", Samples.METADATA).forStage(StageName.UPLOAD);
        await(store.runs().commit(processing.attempt(), done(old, processing)));
        Claim upload = granted(old, Samples.upload("restarted-twice"));
        await(store.runs()
                .fail(upload.attempt(), REASON, Samples.failed(old, upload.attempt(), REASON), Optional.empty()));
        restart("restarted-twice", StageName.PROCESSING);
        Claim again = granted(job, processing("restarted-twice"));
        StagedJob fresh = job.withSource("new/source", Samples.METADATA).forStage(StageName.UPLOAD);
        await(store.runs().commit(again.attempt(), done(fresh, again)));

        assertThat(granted(old, Samples.upload("restarted-twice")).job()).isEqualTo(fresh);

        assertThat(new JsonObject(database.value("SELECT message FROM sluice.job WHERE id = 'restarted-twice'")))
                .isEqualTo(fresh.toJson());
    }

    @Test
    void resendsMessageOfRestartedJobThatHadNoRun() {
        database.execute("INSERT INTO \"VideoProcessingJob\" (\"id\", \"mediaId\", \"userId\", \"s3Key\")"
                + " VALUES ('no-run', 'media', 'user', 'uploads/a.mov')");
        cancel("no-run");
        restart("no-run", StageName.DOWNLOAD);
        database.execute("DELETE FROM sluice.outbox;"
                + "UPDATE sluice.stage_run SET sent_at = now() - interval '1 hour' WHERE job_id = 'no-run'");

        List<RunId> sent =
                await(new LostMessageRepository(store.database(), (run, job) -> Samples.again(Samples.job("no-run")))
                        .resendUnclaimed(StageName.DOWNLOAD, Duration.ofMinutes(15), 10));

        assertThat(sent).containsExactly(Samples.download("no-run"));
    }

    @Test
    void rejectsRetryOfJobThatHasNotFailed() {
        complete("well");
        granted(Samples.job("busy"), Samples.download("busy"));

        assertThat(restart("well", StageName.UPLOAD))
                .isEqualTo(new JobControlResult.Conflict(JobStatus.State.COMPLETED, Optional.empty()));
        assertThat(restart("busy", StageName.DOWNLOAD))
                .isEqualTo(new JobControlResult.Conflict(JobStatus.State.RUNNING, Optional.empty()));
        assertThat(restart("unknown", StageName.DOWNLOAD)).isEqualTo(new JobControlResult.JobNotFound());
    }

    @Test
    void changesNothingWhenPlannerFails() {
        granted(Samples.job("plan"), Samples.download("plan"));
        cancel("plan");
        JobException failure = new JobException(ErrorCode.FILES_MISSING, "No.");

        JobException thrown = failureOf(store.retry().retry(new JobId("plan"), failed -> {
            throw failure;
        }));

        assertThat(thrown).isSameAs(failure);
        assertThat(database.value("SELECT state FROM sluice.job WHERE id = 'plan'"))
                .isEqualTo("failed");
    }

    @Test
    void passesHistoryWithLastAttemptToDeadLetter() {
        StagedJob job = Samples.job("history");
        Claim first = granted(job, Samples.download("history"));
        await(store.runs().retryLater(first.attempt(), REASON, Duration.ZERO, Samples.again(job)));
        Claim second = granted(job, Samples.download("history"));
        AtomicReference<JsonArray> passed = new AtomicReference<>();

        await(store.runs()
                .fail(second.attempt(), REASON, Samples.failed(job, second.attempt(), REASON), Optional.of(history -> {
                    passed.set(history);
                    return Samples.message("", "dead", job.toJson().toBuffer(), "history/dead");
                })));

        assertThat(passed.get()).hasSize(2);
        assertThat(passed.get().getJsonObject(1).getInteger("attempt")).isEqualTo(2);
        assertThat(database.value("SELECT count(*) FROM sluice.outbox WHERE message_id = 'history/dead'"))
                .isEqualTo("1");
    }

    /** Locks the row of the user's table, which every transaction writes last. */
    private static Connection locking(String job) throws Exception {
        Connection locker = database.connect();
        locker.setAutoCommit(false);
        locker.createStatement().execute("SELECT FROM \"VideoProcessingJob\" WHERE \"id\" = '" + job + "' FOR UPDATE");
        return locker;
    }

    private static void awaitBlockedTransactions(int count) {
        Awaitility.await()
                .until(() -> database.value("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                + " AND datname = current_database()")
                        .equals(String.valueOf(count)));
    }

    private static JobControlResult cancel(String id) {
        return await(startCancel(id));
    }

    private static Future<JobControlResult> startCancel(String id) {
        return store.cancellation().cancel(new JobId(id), REASON, CancelAndRetryIT::update);
    }

    private static JobControlResult restart(String id, StageName stage) {
        return await(store.retry()
                .retry(
                        new JobId(id),
                        failed -> new JobRestart(stage, failed.message(), Samples.again(failed.message()))));
    }

    private static JobUpdate update(CancelledJob cancelled) {
        JobUpdate failed = Samples.failed(
                cancelled.stagedJob(),
                new Attempt(RunId.ofStage(cancelled.jobId(), cancelled.stage()), 1, cancelled.attempt()),
                REASON);
        return new JobUpdate(
                failed.jobId(),
                failed.mediaId(),
                failed.status(),
                cancelled.progress(),
                failed.step(),
                failed.content(),
                failed.timestamp(),
                cancelled.seq(),
                failed.origin(),
                failed.etaSeconds());
    }

    private static void complete(String id) {
        StagedJob job = Samples.job(id).forStage(StageName.UPLOAD);
        Claim claim = granted(job, Samples.upload(id));
        await(store.runs().commit(claim.attempt(), completion(job, claim)));
    }

    private static StageCompletion completion(StagedJob job, Claim claim) {
        return new StageCompletion(
                job.withOutputs(Samples.outputs()).completed(),
                new JsonObject(),
                Samples.done(job, claim.attempt(), claim.firstSeq() + 1),
                Optional.empty());
    }

    private static StageCompletion done(StagedJob job, Claim claim) {
        return new StageCompletion(
                job, new JsonObject(), Samples.done(job, claim.attempt(), claim.firstSeq() + 1), Optional.empty());
    }

    private static RunId processing(String id) {
        return RunId.ofStage(new JobId(id), StageName.PROCESSING);
    }

    private static Future<ClaimResult> claim(StagedJob job, RunId run) {
        return store.runs().claim(run, job, Samples.again(job), "w1", LEASE);
    }

    private static Claim granted(StagedJob job, RunId run) {
        ClaimResult result = await(claim(job, run));
        assertThat(result).isInstanceOf(ClaimResult.Granted.class);
        return ((ClaimResult.Granted) result).claim();
    }

    private static String userStatus(String id) {
        return database.value("SELECT \"status\" FROM \"VideoProcessingJob\" WHERE \"id\" = '" + id + "'");
    }

    private static List<String> statuses(String job) {
        return updates(job).stream().map(update -> update.getString("status")).toList();
    }

    private static List<JsonObject> updates(String job) {
        return database
                .query("SELECT convert_from(body, 'UTF8') AS body FROM sluice.outbox WHERE ordered_by = '" + job
                        + "' ORDER BY id")
                .stream()
                .map(row -> new JsonObject(row.get("body")))
                .toList();
    }
}
