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
    void grantsARunOfAJobThatNobodyKnewYet() {
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
    void givesARunToOneOfManyWorkers() {
        StagedJob job = Samples.job("race");

        List<ClaimResult> outcomes = await(Future.all(IntStream.range(0, 8)
                        .mapToObj(n -> claim(job, Samples.download("race"), "w" + n))
                        .toList()))
                .list();

        assertThat(outcomes).filteredOn(ClaimResult.Granted.class::isInstance).hasSize(1);
        assertThat(outcomes)
                .filteredOn(ClaimResult.LeasedElsewhere.class::isInstance)
                .hasSize(7);
        assertThat(updates("race")).hasSize(1);
    }

    @Test
    void putsTheMessageOffWhileAnotherWorkerHoldsTheRun() {
        StagedJob job = Samples.job("held");
        granted(job, Samples.download("held"), "w1");

        ClaimResult second = await(claim(job, Samples.download("held"), "w2"));

        assertThat(second)
                .isInstanceOfSatisfying(
                        ClaimResult.LeasedElsewhere.class,
                        held -> assertThat(held.remaining()).isBetween(Duration.ofSeconds(1), LEASE));
        assertThat(database.query("SELECT convert_from(body, 'UTF8') AS body, exchange, routing_key,"
                        + " publish_after = (SELECT lease_until FROM sluice.stage_run WHERE job_id = 'held') AS fits"
                        + " FROM sluice.outbox WHERE message_id = 'held/again'"))
                .containsExactly(Map.of(
                        "body", job.toJson().encode(),
                        "exchange", "video.processing",
                        "routing_key", "download",
                        "fits", "t"));
    }

    @Test
    void givesARunWhoseLeaseEndedToTheNextWorkerAndShutsTheFirstOut() {
        StagedJob job = Samples.job("zombie");
        Claim first = granted(job, Samples.download("zombie"), "w1");
        expire("zombie");

        Claim second = granted(job, Samples.download("zombie"), "w2");
        boolean zombieCommitted = await(store.runs().commit(first.attempt(), done(job, first)));

        assertThat(second.attempt().fencingToken()).isEqualTo(2);
        assertThat(second.attempt().attemptNumber()).isEqualTo(2);
        assertThat(second.firstSeq()).isEqualTo(Claim.SEQUENCE_BLOCK + 1);
        assertThat(zombieCommitted).isFalse();
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
    void commitsResultNextMessageAndUpdateTogether() {
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
    void takesAClaimBackWhoseAnswerIsLost() {
        StagedJob job = Samples.job("unanswered");
        InterruptedConnection cut = InterruptedConnection.before(vertx, database.config());
        Store behind = await(Store.open(vertx, cut.config()));
        cut.loseTheNextAnswerTo("COMMIT");

        JobException lost =
                failureOf(behind.runs().claim(Samples.download("unanswered"), job, Samples.again(job), "w1", LEASE));

        assertThat(lost.code()).isEqualTo(ErrorCode.DATABASE_UNAVAILABLE);
        assertThat(run("unanswered")).containsEntry("state", "waiting").containsEntry("counted", "0");
        assertThat(granted(job, Samples.download("unanswered"), "w2").attempt())
                .isEqualTo(new Attempt(Samples.download("unanswered"), 2, 1));
        behind.close();
        await(cut.close());
    }

    @Test
    void takesNothingFromAWorkerWhoGotTheSameTokenAfterwards() {
        RunId run = Samples.download("same-token");
        granted(Samples.job("same-token"), run, "w2");

        await(new UnconfirmedClaim(run, "w1", 1, OffsetDateTime.now(ZoneOffset.UTC)).revoke(store.database()));
        await(new UnconfirmedClaim(run, "w2", 1, OffsetDateTime.now(ZoneOffset.UTC)).revoke(store.database()));

        assertThat(run("same-token")).containsEntry("state", "running").containsEntry("worker", "w2");
    }

    @Test
    void endsARunOnceWhenTheAnswerToItsCommitIsLost() {
        StagedJob job = Samples.job("cut");
        Claim claim = granted(job, Samples.download("cut"), "w1");
        InterruptedConnection cut = InterruptedConnection.before(vertx, database.config());
        Store behind = await(Store.open(vertx, cut.config()));
        cut.loseTheNextAnswerTo("COMMIT");

        JobException lost = failureOf(behind.runs().commit(claim.attempt(), done(job, claim)));
        boolean again = await(behind.runs()
                .commit(claim.attempt(), done(job, claim))
                .recover(notYetReconnected -> behind.runs().commit(claim.attempt(), done(job, claim))));

        assertThat(lost.code()).isEqualTo(ErrorCode.DATABASE_UNAVAILABLE);
        assertThat(again).isTrue();
        assertThat(run("cut")).containsEntry("state", "done");
        assertThat(updates("cut")).containsExactly("downloading_video", "download_complete");
        behind.close();
        await(cut.close());
    }

    @Test
    void failsAJobOnceWhenAskedTwiceByTheSameAttempt() {
        StagedJob job = Samples.job("twice");
        Claim claim = granted(job, Samples.download("twice"), "w1");
        JobUpdate failed = Samples.failed(job, claim.attempt(), broken());

        boolean first = await(store.runs().fail(claim.attempt(), broken(), failed, Optional.empty()));
        boolean second = await(store.runs().fail(claim.attempt(), broken(), failed, Optional.empty()));
        boolean otherEnding = await(store.runs().commit(claim.attempt(), done(job, claim)));

        assertThat(List.of(first, second, otherEnding)).containsExactly(true, true, false);
        assertThat(updates("twice")).containsExactly("downloading_video", "download_failed");
    }

    @Test
    void completesTheJobWithItsLastStage() {
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
    void endsAFailedJobWithItsReason() {
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
    void countsAttemptsThatFailedAndKeepsWhatTheySaid() {
        StagedJob job = Samples.job("retried");
        Claim first = granted(job, Samples.download("retried"), "w1");

        boolean put =
                await(store.runs().retryLater(first.attempt(), broken(), Duration.ofMinutes(2), Samples.again(job)));
        Claim second = granted(job, Samples.download("retried"), "w2");

        assertThat(put).isTrue();
        assertThat(second.attempt()).isEqualTo(new Attempt(Samples.download("retried"), 2, 2));
        assertThat(database.value("SELECT round(extract(epoch FROM publish_after - created_at) / 10)"
                        + " FROM sluice.outbox WHERE message_id = 'retried/again'"))
                .isEqualTo("12");
        assertThat(database.query("SELECT e ->> 'attempt' AS attempt, e ->> 'worker' AS worker, e ->> 'error' AS error,"
                        + " e ->> 'error_code' AS code, (e ->> 'at')::timestamptz <= now() AS timed"
                        + " FROM sluice.stage_run, jsonb_array_elements(history) e WHERE job_id = 'retried'"))
                .containsExactly(Map.of(
                        "attempt", "1",
                        "worker", "w1",
                        "error", "The store is busy.",
                        "code", "store_unavailable",
                        "timed", "t"));
    }

    @Test
    void doesNotCountAnAttemptThatAShutdownEnded() {
        StagedJob job = Samples.job("released");
        Claim first = granted(job, Samples.download("released"), "w1");

        boolean released = await(store.runs().release(first.attempt()));
        Claim second = granted(job, Samples.download("released"), "w2");

        assertThat(released).isTrue();
        assertThat(second.attempt()).isEqualTo(new Attempt(Samples.download("released"), 2, 1));
    }

    @Test
    void renewsTheLeasesOfThoseThatStillHoldTheirRun() {
        Claim lost = granted(Samples.job("lost"), Samples.download("lost"), "w1");
        expire("lost");
        Claim taken = granted(Samples.job("lost"), Samples.download("lost"), "w2");
        Claim late = granted(Samples.job("late"), Samples.download("late"), "w1");
        expire("late");

        var held = await(
                store.runs().renew(List.of(lost.attempt(), late.attempt(), taken.attempt(), taken.attempt()), LEASE));

        assertThat(held).containsExactlyInAnyOrder(late.attempt(), taken.attempt());
        assertThat(await(claim(Samples.job("late"), Samples.download("late"), "w3")))
                .isInstanceOf(ClaimResult.LeasedElsewhere.class);
        assertThat(await(store.runs().renew(List.of(), LEASE))).isEmpty();
    }

    @Test
    void letsProgressRiseOnlyAndOnlyForThoseThatHoldTheirRun() {
        Claim lost = granted(Samples.job("tick-lost"), Samples.download("tick-lost"), "w1");
        expire("tick-lost");
        granted(Samples.job("tick-lost"), Samples.download("tick-lost"), "w2");
        Claim held = granted(Samples.job("tick"), Samples.download("tick"), "w1");

        List<RecordedProgress> up = await(store.runs()
                .recordProgress(List.of(
                        new ProgressReport(lost.attempt(), 11, 0),
                        new ProgressReport(held.attempt(), 12, 0),
                        new ProgressReport(held.attempt(), 9, 0))));
        List<RecordedProgress> down =
                await(store.runs().recordProgress(List.of(new ProgressReport(held.attempt(), 5, 0))));

        assertThat(up).containsExactly(new RecordedProgress(held.attempt(), 12, Optional.empty()));
        assertThat(down).containsExactly(new RecordedProgress(held.attempt(), 12, Optional.empty()));
        assertThat(database.value("SELECT progress FROM sluice.job WHERE id = 'tick-lost'"))
                .isEqualTo("0");
    }

    @Test
    void startsTheNextClaimAtTheProgressThatWasReached() {
        StagedJob job = Samples.job("floor");
        Claim first = granted(job, Samples.download("floor"), "w1");
        await(store.runs().recordProgress(List.of(new ProgressReport(first.attempt(), 15, 0))));
        await(store.runs().release(first.attempt()));

        Claim second = granted(job, Samples.download("floor"), "w2");

        assertThat(second.minProgress()).isEqualTo(15);
    }

    @Test
    void undoesAClaimWhoseAnnouncementCannotBeMade() {
        StagedJob job = Samples.job("mute");

        RunStore withoutUpdates = RunStore.of(store.database(), store.tables(), update -> {
            throw new IllegalStateException("no update");
        });

        Future<ClaimResult> broken = withoutUpdates
                .claims()
                .claim(new ClaimRequest(Samples.download("mute"), job, Samples.again(job), "w1", LEASE));

        assertThat(failureOf(broken).code()).isEqualTo(ErrorCode.INTERNAL_ERROR);
        assertThat(database.query("SELECT * FROM sluice.job WHERE id = 'mute'")).isEmpty();
    }

    @Test
    void makesANewJobKnownToTheUserAndTheDownloadQueue() {
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
    void showsTheNextAttemptWhatTheLastOneSaved() {
        StagedJob job = Samples.job("checkpoint");
        Claim first = granted(job, Samples.download("checkpoint"), "w1");
        assertThat(await(store.runs().saveCheckpoint(first.attempt(), new JsonObject().put("got", "there"))))
                .isTrue();
        expire("checkpoint");

        Claim second = granted(job, Samples.download("checkpoint"), "w2");

        assertThat(second.checkpoint()).contains(new JsonObject().put("got", "there"));
        assertThat(await(store.runs().saveCheckpoint(first.attempt(), new JsonObject().put("got", "late"))))
                .as("of an attempt that lost its run")
                .isFalse();
    }

    @Test
    void tellsHowLongARunIsStillSomebodys() {
        StagedJob job = Samples.job("left");

        assertThat(await(store.runs().store().leases().remaining(Samples.download("left"))))
                .isZero();
        granted(job, Samples.download("left"), "w1");
        assertThat(await(store.runs().store().leases().remaining(Samples.download("left"))))
                .isPositive()
                .isLessThanOrEqualTo(LEASE);
        expire("left");
        assertThat(await(store.runs().store().leases().remaining(Samples.download("left"))))
                .isZero();
    }

    @Test
    void putsARunOffWithoutCountingTheAttempt() {
        StagedJob job = Samples.job("put-off");
        Claim first = granted(job, Samples.download("put-off"), "w1");

        assertThat(await(store.runs().defer(first.attempt(), Duration.ofSeconds(30), Samples.again(job))))
                .isTrue();

        assertThat(run("put-off")).containsEntry("state", "waiting").containsEntry("counted", "0");
        assertThat(database.value("SELECT round(extract(epoch FROM publish_after - created_at)) FROM sluice.outbox"
                        + " WHERE message_id = 'put-off/again'"))
                .isEqualTo("30");
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
        return new JobException(ErrorCode.STORE_UNAVAILABLE, "The store is busy.");
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
