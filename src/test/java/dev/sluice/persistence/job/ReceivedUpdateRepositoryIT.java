package dev.sluice.persistence.job;

import static dev.sluice.persistence.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ServicesExtension;
import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.message.MessageCodec;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.Samples;
import dev.sluice.persistence.Store;
import dev.sluice.persistence.TestDatabase;
import dev.sluice.persistence.job.ReceivedUpdateRepository.Outcome;
import dev.sluice.persistence.progress.ProgressReport;
import dev.sluice.persistence.run.Claim;
import dev.sluice.persistence.run.ClaimResult;
import dev.sluice.persistence.run.StageCompletion;
import dev.sluice.persistence.webhook.WebhookSubscriptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith({VertxExtension.class, ServicesExtension.class})
class ReceivedUpdateRepositoryIT {
    private Vertx vertx;
    private TestDatabase database;
    private Store store;
    private ReceivedUpdateRepository receivedUpdates;

    @BeforeEach
    void open(Vertx newVertx, TestDatabase newDatabase) {
        vertx = newVertx;
        database = newDatabase;
        database.execute("CREATE TABLE media (\"id\" text PRIMARY KEY, \"userId\" text, \"s3Key\" text,"
                + " \"videoProcessingStatus\" text, \"videoVersions\" jsonb);"
                + " INSERT INTO media (\"id\") VALUES ('media-other')");
        store = await(Store.open(vertx, database.config()));
        receivedUpdates = new ReceivedUpdateRepository(
                store.database(), store.tables(), new WebhookSubscriptions(Samples.webhooks()));
        database.execute("INSERT INTO \"VideoProcessingJob\" (\"id\", \"mediaId\") VALUES ('other', 'media-other')");
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void ignoresLateAndDuplicateUpdates() {
        assertThat(apply(update("other", "processing", 20, "second").put("seq", 2)))
                .isEqualTo(Outcome.APPLIED);
        assertThat(apply(update("other", "processing", 10, "first").put("seq", 1)))
                .isEqualTo(Outcome.STALE);
        assertThat(apply(update("other", "failed", 20, "again").put("seq", 2))).isEqualTo(Outcome.STALE);
        assertThat(row("other")).isEqualTo(Map.of("status", "PROCESSING", "progress", "20", "currentStep", "second"));

        assertThat(apply(update("other", "processing", 30, "third").put("seq", 3)))
                .isEqualTo(Outcome.APPLIED);
        assertThat(row("other")).containsEntry("currentStep", "third");
    }

    @Test
    void ordersUpdatesByTimestampWithoutSequenceNumber() {
        apply(update("other", "processing", 20, "newer").put("timestamp", "2026-11-22T10:00:01Z"));

        assertThat(apply(update("other", "processing", 10, "older").put("timestamp", "2026-11-22T10:00:00Z")))
                .isEqualTo(Outcome.STALE);
        assertThat(apply(update("other", "processing", 40.5, "same time").put("timestamp", "2026-11-22T10:00:01Z")))
                .isEqualTo(Outcome.APPLIED);
        assertThat(row("other")).containsEntry("progress", "40");
    }

    @Test
    void writesOutputsOfExternalWorkerToBothTables() {
        JsonObject version = new JsonObject().put("quality", "360p").put("s3_key", "videos/x");

        apply(update("other", "completed", 100, "upload_complete")
                .put("video_versions", new JsonArray().add(version))
                .put("metadata", new JsonObject().put("codec", "h264")));

        assertThat(row("other")).containsEntry("status", "COMPLETED");
        assertThat(database.query("SELECT \"videoProcessingStatus\" AS status, \"videoVersions\"->0->>'quality' AS"
                        + " quality FROM media"))
                .containsExactly(Map.of("status", "COMPLETED", "quality", "360p"));
    }

    @Test
    void endsTrackedJobWhenExternalWorkerFailsIt() {
        StagedJob job = Samples.job("tracked");
        await(store.jobs().create(JobCreation.of(job), Samples.again(job)));

        apply(update("tracked", "failed", 5, "download_failed").put("error_message", "Cancelled."));

        assertThat(row("tracked")).containsEntry("status", "FAILED");
        assertThat(await(store.jobs().find(new JobId("tracked"))).orElseThrow().state())
                .isEqualTo(JobStatus.State.FAILED);
        assertThat(await(store.runs().claim(Samples.download("tracked"), job, Samples.again(job), "w", Samples.LEASE)))
                .isInstanceOf(ClaimResult.AlreadyFinished.class);
    }

    @Test
    void doesNotOverwriteStepsOfOwnWorker() {
        StagedJob job = Samples.job("tracked");
        Claim claim = claimed(job);
        await(store.runs()
                .commit(
                        claim.attempt(),
                        new StageCompletion(
                                job.forStage(StageName.PROCESSING),
                                new JsonObject(),
                                Samples.done(job, claim.attempt(), claim.firstSeq() + 1),
                                Optional.empty())));

        apply(update("tracked", "processing", 0, "downloading_video").put("seq", claim.firstSeq()));
        apply(update("tracked", "processing", 12, "downloading_video").put("seq", 900_000_000));
        apply(update("tracked", "failed", 12, "download_failed").put("seq", 900_000_001));

        assertThat(row("tracked"))
                .isEqualTo(Map.of("status", "PROCESSING", "progress", "20", "currentStep", "download_complete"));
    }

    @Test
    void appliesProgressOfOwnWorkerBetweenSteps() {
        StagedJob job = Samples.job("tracked");
        Claim claim = claimed(job);
        await(store.runs().recordProgress(List.of(new ProgressReport(claim.attempt(), 12, 0))));
        assertThat(row("tracked")).containsEntry("progress", "0");

        apply(update("tracked", "processing", 12, "downloading_video").put("seq", claim.firstSeq() + 1));
        apply(update("tracked", "processing", 3, "downloading_video").put("seq", claim.firstSeq()));

        assertThat(row("tracked")).containsEntry("progress", "12").containsEntry("currentStep", "downloading_video");
    }

    @Test
    void enqueuesWebhooksOfFinalUpdateOnce() {
        apply(update("other", "processing", 20, "processing_video").put("seq", 1));
        JsonObject failed = update("other", "failed", 20, "processing_failed")
                .put("seq", 2)
                .put("error_code", "not_a_video")
                .put("error_message", "No video.")
                .put("worker", "w");

        apply(failed);
        apply(failed);
        apply(update("unknown", "failed", 0, "download_failed").put("seq", 1));

        assertThat(deliveries())
                .containsExactly(
                        Map.of("job_id", "other", "event", "job.failed", "url", "http://failures.test/"),
                        Map.of("job_id", "other", "event", "job.failed", "url", "https://all.test/hook"));
        assertThat(new JsonObject(database.value(
                        "SELECT payload FROM sluice.webhook_delivery WHERE origin = 'https://all.test:443'")))
                .isEqualTo(new JsonObject()
                        .put("job_id", "other")
                        .put("media_id", "media-other")
                        .put("status", "failed")
                        .put("progress", 20)
                        .put("current_step", "processing_failed")
                        .put("error_code", "not_a_video")
                        .put("error_message", "No video."));
    }

    @Test
    void enqueuesWebhooksOfTrackedJobOnlyForItsState() {
        StagedJob job = Samples.job("tracked");
        Claim claim = claimed(job);
        apply(update("tracked", "completed", 100, "upload_complete").put("seq", 900_000_000));
        apply(update("tracked", "failed", 12, "download_failed").put("seq", 900_000_001));
        assertThat(deliveries()).isEmpty();
        database.execute(
                "UPDATE sluice.job SET state = 'completed' WHERE id = 'tracked'; INSERT INTO sluice.job_webhook"
                        + " VALUES ('tracked', 'https://own.test/', 'https://own.test:443'),"
                        + " ('tracked', 'https://all.test/hook', 'https://all.test:443')");

        apply(update("tracked", "completed", 100, "upload_complete").put("seq", claim.firstSeq() + 1));

        assertThat(deliveries().stream().map(delivery -> delivery.get("url")))
                .containsExactly("https://all.test/hook", "https://own.test/");
    }

    @Test
    void changesNothingForUnknownJob() {
        assertThat(apply(update("unknown", "completed", 100, "upload_complete").put("seq", 1)))
                .isEqualTo(Outcome.UNKNOWN_JOB);
        assertThat(database.value("SELECT count(*) FROM sluice.applied_report")).isEqualTo("0");
        assertThat(database.value("SELECT count(*) FROM \"VideoProcessingJob\""))
                .isEqualTo("1");
    }

    @Test
    void treatsIdOfWrongColumnTypeAsUnknown() {
        database.execute(
                "DROP TABLE \"VideoProcessingJob\"; CREATE TABLE \"VideoProcessingJob\" (\"id\" uuid PRIMARY KEY,"
                        + " \"mediaId\" text, \"status\" text, \"createdAt\" timestamp DEFAULT '2026-11-22 10:00:00');"
                        + " INSERT INTO \"VideoProcessingJob\" VALUES ('7f9c2ba4-e88f-4e6a-9c2d-0a8f6a3b1c5d', 'm', 'PENDING')");
        await(store.tables().reload(store.database()));
        JobQueryRepository queries = new JobQueryRepository(store.database(), store.tables());

        assertThat(await(queries.job(new JobId("unknown")))).isEmpty();
        assertThat(apply(update("unknown", "processing", 1, "x").put("seq", 1))).isEqualTo(Outcome.UNKNOWN_JOB);
        JobDetails found = await(queries.latestOfMedia("m")).orElseThrow();
        assertThat(found.id().value()).isEqualTo("7f9c2ba4-e88f-4e6a-9c2d-0a8f6a3b1c5d");
        assertThat(found.timestamps().created()).contains("2026-11-22T10:00:00.000Z");
    }

    private Claim claimed(StagedJob job) {
        ClaimResult result = await(
                store.runs().claim(Samples.download(job.id().value()), job, Samples.again(job), "w", Samples.LEASE));
        return ((ClaimResult.Granted) result).claim();
    }

    private Outcome apply(JsonObject update) {
        return await(receivedUpdates.apply(MessageCodec.decodeUpdate(update.toBuffer())));
    }

    private List<Map<String, String>> deliveries() {
        return database.query("SELECT job_id, event, url FROM sluice.webhook_delivery ORDER BY event, url");
    }

    private Map<String, String> row(String id) {
        return database.query("SELECT \"status\", \"progress\", \"currentStep\" FROM \"VideoProcessingJob\""
                        + " WHERE \"id\" = '" + id + "'")
                .get(0);
    }

    private static JsonObject update(String job, String status, Number progress, String step) {
        return new JsonObject()
                .put("type", "video_processing_update")
                .put("job_id", job)
                .put("media_id", "media-" + job)
                .put("status", status)
                .put("progress", progress)
                .put("current_step", step);
    }
}
