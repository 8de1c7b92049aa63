package dev.sluice.persistence.run;

import static dev.sluice.common.async.Await.await;
import static dev.sluice.common.async.Await.failureOf;
import static dev.sluice.persistence.Samples.LEASE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.sluice.ServicesExtension;
import dev.sluice.job.Attempt;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.message.JobUpdate;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.InterruptedConnection;
import dev.sluice.persistence.RunFixture;
import dev.sluice.persistence.Samples;
import dev.sluice.persistence.Store;
import dev.sluice.persistence.TestDatabase;
import dev.sluice.persistence.job.JobCreation;
import dev.sluice.persistence.job.JobStatus;
import dev.sluice.persistence.job.RunStatus;
import dev.sluice.persistence.progress.ProgressReport;
import dev.sluice.persistence.progress.RecordedProgress;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith({VertxExtension.class, ServicesExtension.class})
class RunStoreIT {
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
    void grantsRunOfUnknownJob() {
        StagedJob job = Samples.job("unknown");

        Claim claim = granted(job, Samples.download("unknown"), "w1");

        assertThat(claim)
                .isEqualTo(new Claim(new Attempt(Samples.download("unknown"), 1, 1), 1, 0, Optional.empty(), job));
        assertThat(run("unknown")).containsEntry("state", "running").containsEntry("worker", "w1");
        assertThat(updates("unknown")).containsExactly("downloading_video");
        assertThat(database.value("SELECT \"status\" || ' ' || \"currentStep\" FROM \"VideoProcessingJob\""
                        + " WHERE \"id\" = 'unknown'"))
                .isEqualTo("PROCESSING downloading_video");
    }

    @Test
    void grantsRunToOneOfConcurrentWorkers() {
        StagedJob job = Samples.job("race");

        List<ClaimResult> results = await(Future.all(IntStream.range(0, 8)
                        .mapToObj(n -> claim(job, Samples.download("race"), "w" + n))
                        .toList()))
                .list();

        assertThat(results).filteredOn(ClaimResult.Granted.class::isInstance).hasSize(1);
        assertThat(results)
                .filteredOn(ClaimResult.LeasedElsewhere.class::isInstance)
                .hasSize(7);
        assertThat(updates("race")).hasSize(1);
    }

    @Test
    void defersMessageWhenRunIsLeasedElsewhere() {
        StagedJob job = Samples.job("leased");
        granted(job, Samples.download("leased"), "w1");

        ClaimResult second = await(claim(job, Samples.download("leased"), "w2"));

        assertThat(second)
                .isInstanceOfSatisfying(
                        ClaimResult.LeasedElsewhere.class,
                        leased -> assertThat(leased.remaining()).isBetween(Duration.ofSeconds(1), LEASE));
        assertThat(database.query("SELECT convert_from(body, 'UTF8') AS body, exchange, routing_key,"
                        + " publish_after = (SELECT lease_until FROM sluice.stage_run WHERE job_id = 'leased') AS deferred"
                        + " FROM sluice.outbox WHERE message_id = 'leased/again'"))
                .containsExactly(Map.of(
                        "body", job.toJson().encode(),
                        "exchange", "video.processing",
                        "routing_key", "download",
                        "deferred", "t"));
    }

    @Test
    void fencesFirstWorkerWhenExpiredRunIsClaimedAgain() {
        StagedJob job = Samples.job("zombie");
        Claim first = granted(job, Samples.download("zombie"), "w1");
        expire("zombie");

        Claim second = granted(job, Samples.download("zombie"), "w2");
        boolean firstCommitted = await(store.runs().commit(first.attempt(), done(job, first)));

        assertThat(second.attempt().fencingToken()).isEqualTo(2);
        assertThat(second.attempt().attemptNumber()).isEqualTo(2);
        assertThat(second.firstSeq()).isEqualTo(Claim.SEQUENCE_BLOCK + 1);
        assertThat(firstCommitted).isFalse();
        assertThat(await(store.runs()
                        .fail(
                                first.attempt(),
                                broken(),
                                Samples.failed(job, first.attempt(), broken()),
                                Optional.of(history -> Samples.again(job)))))
                .isFalse();
        assertThat(await(store.runs().retryLater(first.attempt(), broken(), Duration.ZERO, Samples.again(job))))
                .isFalse();
        assertThat(await(store.runs().release(first.attempt()))).isFalse();
        assertThat(run("zombie")).containsEntry("state", "running").containsEntry("worker", "w2");
        assertThat(updates("zombie")).containsExactly("downloading_video", "downloading_video");
        assertThat(database.value("SELECT count(*) FROM sluice.outbox WHERE message_id LIKE 'zombie/again'"))
                .isEqualTo("0");
        assertThat(database.value("SELECT history -> 0 ->> 'worker' FROM sluice.stage_run WHERE job_id = 'zombie'"))
                .isEqualTo("w1");
    }

    @Test
    void commitsResultNextMessageAndUpdateAtomically() {
        StagedJob job = Samples.job("good");
        Claim claim = granted(job, Samples.download("good"), "w1");

        boolean committed = await(store.runs().commit(claim.attempt(), done(job, claim)));
        ClaimResult again = await(claim(job, Samples.download("good"), "w2"));

        assertThat(committed).isTrue();
        assertThat(again).isInstanceOf(ClaimResult.AlreadyFinished.class);
        assertThat(updates("good")).containsExactly("downloading_video", "download_complete");
        assertThat(database.value(
                        "SELECT result ->> 'size' FROM sluice.stage_run WHERE job_id = 'good' AND stage = 'download'"))
                .isEqualTo("7");
        assertThat(database.value("SELECT count(*) FROM sluice.outbox WHERE message_id = 'good/next'"))
                .isEqualTo("1");
        assertThat(database.value("SELECT \"progress\" FROM \"VideoProcessingJob\" WHERE \"id\" = 'good'"))
                .isEqualTo("20");
    }

    @Test
    void revokesClaimWhenCommitResponseIsLost() {
        StagedJob job = Samples.job("unconfirmed");
        InterruptedConnection connection = InterruptedConnection.before(vertx, database.config());
        Store interrupted = await(Store.open(vertx, connection.config()));
        connection.loseTheNextAnswerTo("COMMIT");

        JobException lost = failureOf(
                interrupted.runs().claim(Samples.download("unconfirmed"), job, Samples.again(job), "w1", LEASE));

        assertThat(lost.code()).isEqualTo(ErrorCode.DATABASE_UNAVAILABLE);
        assertThat(run("unconfirmed")).containsEntry("state", "waiting").containsEntry("counted", "0");
        assertThat(granted(job, Samples.download("unconfirmed"), "w2").attempt())
                .isEqualTo(new Attempt(Samples.download("unconfirmed"), 2, 1));
        interrupted.close();
        await(connection.close());
    }

    @Test
    void doesNotRevokeLaterClaimWithSameToken() {
        RunId run = Samples.download("same-token");
        granted(Samples.job("same-token"), run, "w2");

        await(new UnconfirmedClaim(run, "w1", 1, OffsetDateTime.now(ZoneOffset.UTC)).revoke(store.database()));
        await(new UnconfirmedClaim(run, "w2", 1, OffsetDateTime.now(ZoneOffset.UTC)).revoke(store.database()));

        assertThat(run("same-token")).containsEntry("state", "running").containsEntry("worker", "w2");
    }

    @Test
    void completesRunOnceWhenCommitResponseIsLost() {
        StagedJob job = Samples.job("cut");
        Claim claim = granted(job, Samples.download("cut"), "w1");
        InterruptedConnection connection = InterruptedConnection.before(vertx, database.config());
        Store interrupted = await(Store.open(vertx, connection.config()));
        connection.loseTheNextAnswerTo("COMMIT");

        JobException lost = failureOf(interrupted.runs().commit(claim.attempt(), done(job, claim)));
        boolean again = await(interrupted
                .runs()
                .commit(claim.attempt(), done(job, claim))
                .recover(reconnecting -> interrupted.runs().commit(claim.attempt(), done(job, claim))));

        assertThat(lost.code()).isEqualTo(ErrorCode.DATABASE_UNAVAILABLE);
        assertThat(again).isTrue();
        assertThat(run("cut")).containsEntry("state", "done");
        assertThat(attemptsPaid("cut")).isEqualTo("1");
        assertThat(updates("cut")).containsExactly("downloading_video", "download_complete");
        interrupted.close();
        await(connection.close());
    }

    @Test
    void failsJobOnceWhenCalledTwiceBySameAttempt() {
        StagedJob job = Samples.job("twice");
        Claim claim = granted(job, Samples.download("twice"), "w1");
        JobUpdate failed = Samples.failed(job, claim.attempt(), broken());

        boolean first = await(store.runs().fail(claim.attempt(), broken(), failed, Optional.empty()));
        boolean second = await(store.runs().fail(claim.attempt(), broken(), failed, Optional.empty()));
        boolean completed = await(store.runs().commit(claim.attempt(), done(job, claim)));

        assertThat(List.of(first, second, completed)).containsExactly(true, true, false);
        assertThat(updates("twice")).containsExactly("downloading_video", "download_failed");
    }

    @Test
    void completesJobWithLastStage() {
        StagedJob job = Samples.job("last").forStage(StageName.UPLOAD);
        Claim claim = granted(job, Samples.upload("last"), "w1");

        boolean committed = await(store.runs()
                .commit(
                        claim.attempt(),
                        new StageCompletion(
                                job.withOutputs(Samples.outputs()).completed(),
                                new JsonObject(),
                                Samples.done(job, claim.attempt(), 2),
                                Optional.empty())));

        assertThat(committed).isTrue();
        JobStatus view = await(store.jobs().find(job.id())).orElseThrow();
        assertThat(view.state()).isEqualTo(JobStatus.State.COMPLETED);
        assertThat(view.progress()).isEqualTo(100);
        assertThat(view.outputs()).hasSize(2);
        assertThat(view.runs()).singleElement().satisfies(run -> {
            assertThat(run.state()).isEqualTo("done");
            assertThat(run.worker()).contains("w1");
            assertThat(run.finished().orElseThrow())
                    .isAfterOrEqualTo(run.started().orElseThrow());
        });
        assertThat(await(claim(Samples.job("last"), Samples.download("last"), "w2")))
                .isInstanceOf(ClaimResult.AlreadyFinished.class);
    }

    @Test
    void failsJobWithErrorMessage() {
        StagedJob job = Samples.job("bad");
        Claim claim = granted(job, Samples.download("bad"), "w1");
        JobException failure = new JobException(ErrorCode.NOT_A_VIDEO, "This is \0 a text.");

        boolean failed = await(store.runs()
                .fail(
                        claim.attempt(),
                        failure,
                        Samples.failed(job, claim.attempt(), failure),
                        Optional.of(history -> Samples.again(job))));

        assertThat(failed).isTrue();
        assertThat(await(store.jobs().find(job.id())).orElseThrow()).satisfies(view -> {
            assertThat(view.state()).isEqualTo(JobStatus.State.FAILED);
            assertThat(view.errorCode()).contains("not_a_video");
            assertThat(view.error()).contains("This is  a text.");
        });
        assertThat(database.query(
                        "SELECT \"status\", \"errorMessage\" FROM \"VideoProcessingJob\" WHERE \"id\" = 'bad'"))
                .containsExactly(Map.of("status", "FAILED", "errorMessage", "This is  a text."));
        assertThat(updates("bad")).containsExactly("downloading_video", "download_failed");
        assertThat(database.value("SELECT count(*) FROM sluice.outbox WHERE message_id = 'bad/again'"))
                .isEqualTo("1");
    }

    @Test
    void countsFailedAttemptsAndKeepsTheirErrors() {
        StagedJob job = Samples.job("retried");
        Claim first = granted(job, Samples.download("retried"), "w1");

        boolean committed =
                await(store.runs().retryLater(first.attempt(), broken(), Duration.ofMinutes(2), Samples.again(job)));
        Claim second = granted(job, Samples.download("retried"), "w2");

        assertThat(committed).isTrue();
        assertThat(second.attempt()).isEqualTo(new Attempt(Samples.download("retried"), 2, 2));
        assertThat(database.value("SELECT history -> 0 -> 'cost' FROM sluice.stage_run WHERE job_id = 'retried'"))
                .isEqualTo(database.value("SELECT cost FROM sluice.job WHERE id = 'retried'"));
        assertThat(database.value("SELECT round(extract(epoch FROM publish_after - created_at) / 10)"
                        + " FROM sluice.outbox WHERE message_id = 'retried/again'"))
                .isEqualTo("12");
        assertThat(database.query("SELECT e ->> 'attempt' AS attempt, e ->> 'worker' AS worker, e ->> 'error' AS error,"
                        + " e ->> 'error_code' AS code, (e ->> 'at')::timestamptz <= now() AS timed"
                        + " FROM sluice.stage_run, jsonb_array_elements(history) e WHERE job_id = 'retried'"))
                .containsExactly(Map.of(
                        "attempt", "1",
                        "worker", "w1",
                        "error", "The object store is busy.",
                        "code", "store_unavailable",
                        "timed", "t"));
    }

    @Test
    void doesNotCountReleasedAttempt() {
        StagedJob job = Samples.job("released");
        Claim first = granted(job, Samples.download("released"), "w1");

        boolean released = await(store.runs().release(first.attempt()));
        Claim second = granted(job, Samples.download("released"), "w2");

        assertThat(released).isTrue();
        assertThat(second.attempt()).isEqualTo(new Attempt(Samples.download("released"), 2, 1));
        assertThat(attemptsPaid("released")).isEqualTo("1");
    }

    @Test
    void renewsLeasesOfCurrentAttemptsOnly() {
        Claim lost = granted(Samples.job("lost"), Samples.download("lost"), "w1");
        expire("lost");
        Claim current = granted(Samples.job("lost"), Samples.download("lost"), "w2");
        Claim late = granted(Samples.job("late"), Samples.download("late"), "w1");
        expire("late");

        var renewed = await(store.runs()
                .renew(List.of(lost.attempt(), late.attempt(), current.attempt(), current.attempt()), LEASE));

        assertThat(renewed).containsExactlyInAnyOrder(late.attempt(), current.attempt());
        assertThat(await(claim(Samples.job("late"), Samples.download("late"), "w3")))
                .isInstanceOf(ClaimResult.LeasedElsewhere.class);
        assertThat(await(store.runs().renew(List.of(), LEASE))).isEmpty();
    }

    @Test
    void raisesProgressOfCurrentAttemptsOnly() {
        Claim lost = granted(Samples.job("progress-lost"), Samples.download("progress-lost"), "w1");
        expire("progress-lost");
        granted(Samples.job("progress-lost"), Samples.download("progress-lost"), "w2");
        Claim current = granted(Samples.job("progress"), Samples.download("progress"), "w1");

        List<RecordedProgress> raised = await(store.runs()
                .recordProgress(List.of(
                        new ProgressReport(lost.attempt(), 11, 0),
                        new ProgressReport(current.attempt(), 12, 0),
                        new ProgressReport(current.attempt(), 9, 0))));
        List<RecordedProgress> lower =
                await(store.runs().recordProgress(List.of(new ProgressReport(current.attempt(), 5, 0))));

        assertThat(raised).containsExactly(new RecordedProgress(current.attempt(), 12, Optional.empty()));
        assertThat(lower).containsExactly(new RecordedProgress(current.attempt(), 12, Optional.empty()));
        assertThat(database.value("SELECT progress FROM sluice.job WHERE id = 'progress-lost'"))
                .isEqualTo("0");
    }

    @Test
    void startsNextClaimAtReachedProgress() {
        StagedJob job = Samples.job("floor");
        Claim first = granted(job, Samples.download("floor"), "w1");
        await(store.runs().recordProgress(List.of(new ProgressReport(first.attempt(), 15, 0))));
        await(store.runs().release(first.attempt()));

        Claim second = granted(job, Samples.download("floor"), "w2");

        assertThat(second.minProgress()).isEqualTo(15);
    }

    @Test
    void rollsBackClaimWhenUpdateCannotBeBuilt() {
        StagedJob job = Samples.job("no-update");

        RunStore withoutUpdates = RunStore.of(store.database(), store.tables(), update -> {
            throw new IllegalStateException("no update");
        });

        Future<ClaimResult> broken = withoutUpdates
                .claims()
                .claim(new ClaimRequest(Samples.download("no-update"), job, Samples.again(job), "w1", LEASE));

        assertThat(failureOf(broken).code()).isEqualTo(ErrorCode.INTERNAL_ERROR);
        assertThat(database.query("SELECT * FROM sluice.job WHERE id = 'no-update'"))
                .isEmpty();
    }

    @Test
    void createsJobInUserTableAndOutbox() {
        StagedJob job = Samples.job("new");

        await(store.jobs()
                .create(
                        JobCreation.of(job),
                        Samples.message(
                                "video.processing", "download", job.toJson().toBuffer(), "n")));

        assertThat(database.query("SELECT \"status\", \"progress\", \"currentStep\", \"mediaId\", \"userId\","
                        + " \"s3Key\", \"originalFilename\" FROM \"VideoProcessingJob\" WHERE \"id\" = 'new'"))
                .containsExactly(Map.of(
                        "status", "PENDING",
                        "progress", "0",
                        "currentStep", "job_created",
                        "mediaId", "media-new",
                        "userId", "user-1",
                        "s3Key", "uploads/a.mov",
                        "originalFilename", "a.mov"));
        assertThat(database.value("SELECT routing_key FROM sluice.outbox WHERE message_id = 'n'"))
                .isEqualTo("download");
        assertThat(await(store.jobs().find(job.id())))
                .hasValueSatisfying(view -> assertThat(view.runs())
                        .extracting(RunStatus::stage, RunStatus::state, RunStatus::attempts)
                        .containsExactly(tuple(StageName.DOWNLOAD, "waiting", 0)));
    }

    @Test
    void passesCheckpointToNextAttempt() {
        StagedJob job = Samples.job("checkpoint");
        Claim first = granted(job, Samples.download("checkpoint"), "w1");
        assertThat(await(store.runs().saveCheckpoint(first.attempt(), new JsonObject().put("got", "there"))))
                .isTrue();
        expire("checkpoint");

        Claim second = granted(job, Samples.download("checkpoint"), "w2");

        assertThat(second.checkpoint()).contains(new JsonObject().put("got", "there"));
        assertThat(await(store.runs().saveCheckpoint(first.attempt(), new JsonObject().put("got", "late"))))
                .as("checkpoint of a fenced attempt")
                .isFalse();
    }

    @Test
    void returnsRemainingLease() {
        StagedJob job = Samples.job("remaining");

        assertThat(await(store.runs().store().leases().remaining(Samples.download("remaining"))))
                .isZero();
        granted(job, Samples.download("remaining"), "w1");
        assertThat(await(store.runs().store().leases().remaining(Samples.download("remaining"))))
                .isPositive()
                .isLessThanOrEqualTo(LEASE);
        expire("remaining");
        assertThat(await(store.runs().store().leases().remaining(Samples.download("remaining"))))
                .isZero();
    }

    @Test
    void defersRunWithoutCountingAttempt() {
        StagedJob job = Samples.job("deferred");
        Claim first = granted(job, Samples.download("deferred"), "w1");

        assertThat(await(store.runs().defer(first.attempt(), Duration.ofSeconds(30), Samples.again(job))))
                .isTrue();

        assertThat(run("deferred")).containsEntry("state", "waiting").containsEntry("counted", "0");
        assertThat(attemptsPaid("deferred")).isEqualTo("1");
        assertThat(database.value("SELECT round(extract(epoch FROM publish_after - created_at)) FROM sluice.outbox"
                        + " WHERE message_id = 'deferred/again'"))
                .isEqualTo("30");
    }

    @Test
    void addsUpCostOfAllAttempts() {
        StagedJob job = Samples.job("paid").forStage(StageName.UPLOAD);
        Claim lost = granted(job, Samples.upload("paid"), "w1");
        expire("paid");
        Claim failed = granted(job, Samples.upload("paid"), "w2");
        await(store.runs().retryLater(failed.attempt(), broken(), Duration.ZERO, Samples.again(job)));
        await(store.runs().store().settlement().addUnsettledCost(lost.attempt(), RunFixture.COST));
        Claim last = granted(job, Samples.upload("paid"), "w2");

        boolean committed = await(store.runs()
                .commit(
                        last.attempt(),
                        new StageCompletion(
                                job,
                                new JsonObject(),
                                Samples.done(job, last.attempt(), last.firstSeq() + 1),
                                Optional.empty())));

        assertThat(committed).isTrue();
        assertThat(attemptsPaid("paid")).isEqualTo("3");
        String sum = database.value("SELECT cost FROM sluice.job WHERE id = 'paid'");
        assertThat(new JsonObject(sum))
                .isEqualTo(new JsonObject()
                        .put("cpu_seconds", 4.5)
                        .put("wall_seconds", 6.0)
                        .put("bytes_read", 3)
                        .put("bytes_written", 6)
                        .put("bytes_downloaded", 9)
                        .put("bytes_uploaded", 12)
                        .put("peak_memory_bytes", 5));
        assertThat(database.value("SELECT cost FROM sluice.stage_run WHERE job_id = 'paid'"))
                .isEqualTo(sum);
        assertThat(new JsonObject(database.value("SELECT convert_from(body, 'UTF8') FROM sluice.outbox"
                                + " WHERE ordered_by = 'paid' ORDER BY id DESC LIMIT 1"))
                        .getJsonObject("cost"))
                .isEqualTo(new JsonObject(sum));
    }

    /** How often the cost of one attempt is in the cost of the job; the same as in that of its run. */
    private static String attemptsPaid(String job) {
        return database.value("SELECT CASE WHEN j.cost = r.cost THEN (j.cost ->> 'bytes_read')::int END"
                + " FROM sluice.job j JOIN sluice.stage_run r ON r.job_id = j.id AND r.cost <> '{}' WHERE j.id = '"
                + job
                + "'");
    }

    private static StageCompletion done(StagedJob job, Claim claim) {
        return new StageCompletion(
                job.forStage(StageName.PROCESSING),
                new JsonObject().put("size", 7),
                Samples.done(job, claim.attempt(), claim.firstSeq() + 1),
                Optional.of(new StageCompletion.NextRun(
                        RunId.ofStage(job.id(), StageName.PROCESSING),
                        Optional.of(Samples.message(
                                "video.processing", "processing", job.toJson().toBuffer(), job.id() + "/next")))));
    }

    private static JobException broken() {
        return new JobException(ErrorCode.STORE_UNAVAILABLE, "The object store is busy.");
    }

    private static Future<ClaimResult> claim(StagedJob job, RunId run, String worker) {
        return store.runs().claim(run, job, Samples.again(job), worker, LEASE);
    }

    private static Claim granted(StagedJob job, RunId run, String worker) {
        ClaimResult result = await(claim(job, run, worker));
        assertThat(result).isInstanceOf(ClaimResult.Granted.class);
        return ((ClaimResult.Granted) result).claim();
    }

    private static void expire(String job) {
        database.execute(
                "UPDATE sluice.stage_run SET lease_until = now() - interval '1 ms' WHERE job_id = '" + job + "'");
    }

    private static Map<String, String> run(String job) {
        return database.query("SELECT * FROM sluice.stage_run WHERE job_id = '" + job + "'")
                .get(0);
    }

    private static List<String> updates(String job) {
        return database
                .query("SELECT convert_from(body, 'UTF8') AS body FROM sluice.outbox WHERE ordered_by = '" + job
                        + "' ORDER BY id")
                .stream()
                .map(row -> new JsonObject(row.get("body")).getString("current_step"))
                .toList();
    }
}
