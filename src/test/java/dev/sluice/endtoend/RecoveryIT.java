package dev.sluice.endtoend;

import static dev.sluice.endtoend.PipelineFixture.get;
import static dev.sluice.endtoend.PipelineFixture.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.ServicesExtension;
import dev.sluice.broker.RabbitNode;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.job.StageName;
import dev.sluice.message.MessageCodec;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.job.JobCreation;
import io.vertx.core.json.JsonObject;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Recovery of lost messages, cleanup of orphaned artifacts, and a full disk. */
@ExtendWith(ServicesExtension.class)
class RecoveryIT {
    private static final int JOBS = 8;

    @Test
    void completesQueuedJobsWhenBrokerLosesItsData() throws Exception {
        assumeTrue(RabbitNode.installed(), "rabbitmq-server is not installed");
        try (RabbitNode broker = RabbitNode.start();
                PipelineFixture pipeline = PipelineFixture.on(broker)) {
            pipeline.start(new JsonObject().put("delivery", new JsonObject().put("resendAfterSeconds", 4)));
            get(pipeline.sluice().undeploy("download"));
            StagedJob first =
                    get(pipeline.sluice().submission().upload(pipeline.clip(1), "user-1", ProgressListener.noop()));
            for (int n = 0; n < JOBS; n++) {
                JsonObject job = first.toJson().put("id", "wait-" + n).put("mediaId", "media-" + n);
                get(pipeline.sluice()
                        .submission()
                        .create(JobCreation.of(MessageCodec.decodeStagedJob(job, StageName.DOWNLOAD))));
            }
            BackendSimulator.awaitThat(() -> pipeline.backend().messages(BackendSimulator.DOWNLOAD) == JOBS);

            broker.wipe();
            get(pipeline.sluice().deploy("download"));

            BackendSimulator.awaitThat(() -> pipeline.database()
                    .value("SELECT count(*) FROM sluice.job WHERE state = 'completed'")
                    .equals(String.valueOf(JOBS)));
            assertThat(pipeline.database().value("SELECT count(*) FROM sluice.stage_run WHERE counted > 1"))
                    .as("runs processed twice")
                    .isEqualTo("0");
        }
    }

    @Test
    void adoptsPendingJobWithoutMessage(PipelineFixture pipeline) throws Exception {
        pipeline.upload("uploads/clip.mp4", pipeline.clip(1));
        pipeline.start(adoptingSoon());
        pipeline.database().execute("""
                INSERT INTO "VideoProcessingJob" ("id", "mediaId", "userId", "s3Key", "originalFilename", "createdAt")
                VALUES ('unsent', 'media-unsent', 'user-1', 'uploads/clip.mp4', 'clip.mp4', now() - interval '1 hour')
                """);

        assertThat(pipeline.backend().awaitEnd("unsent").getString("status")).isEqualTo("completed");
        assertThat(pipeline.backend().completions("unsent")).isEqualTo(1);
    }

    @Test
    void doesNotAdoptJobQueuedForLegacyProcessor(PipelineFixture pipeline) throws Exception {
        pipeline.upload("uploads/clip.mp4", pipeline.clip(1));
        pipeline.backend()
                .request(SingleStageRequestFixture.request("asked", "uploads/clip.mp4")
                        .encode());
        BackendSimulator.awaitThat(() -> pipeline.backend().messages(BackendSimulator.REQUESTS) == 1);
        pipeline.start(adoptingSoon());

        pipeline.database().execute("""
                INSERT INTO "VideoProcessingJob" ("id", "mediaId", "userId", "s3Key", "createdAt")
                VALUES ('asked', 'media-asked', 'user-1', 'uploads/clip.mp4', now())
                """);
        BackendSimulator.awaitThat(() -> pipeline.database()
                .value("SELECT \"createdAt\" < now() - interval '4 s' FROM \"VideoProcessingJob\"")
                .equals("t"));

        assertThat(pipeline.database().value("SELECT count(*) FROM sluice.job WHERE id = 'asked'"))
                .isEqualTo("0");
    }

    @Test
    void resendsLostMessageWhenJobTableIsUnreadable(PipelineFixture pipeline) throws Exception {
        pipeline.upload("uploads/clip.mp4", pipeline.clip(1));
        pipeline.start(adoptingSoon());
        pipeline.database()
                .execute("""
                ALTER TABLE "VideoProcessingJob" RENAME TO "kept";
                CREATE VIEW "VideoProcessingJob" AS
                    SELECT "id", "mediaId", "s3Key", "status", "createdAt", (1 / ("progress" - "progress"))::text AS "userId"
                      FROM "kept";
                INSERT INTO "kept" ("id", "mediaId", "s3Key") VALUES ('unreadable', 'media', 'uploads/clip.mp4');
                INSERT INTO sluice.job (id, message, stage, file_name) VALUES ('lost', '%s', 'download', 'lost');
                INSERT INTO sluice.stage_run (job_id, stage, task, sent_at)
                    VALUES ('lost', 'download', 0, now() - interval '1 hour');
                """.formatted(job("lost", "uploads/clip.mp4").encode()));

        assertThat(pipeline.backend().awaitEnd("lost").getString("status")).isEqualTo("completed");
    }

    @Test
    void doesNotResendQueuedMessage(PipelineFixture pipeline) throws Exception {
        pipeline.start(new JsonObject().put("delivery", new JsonObject().put("resendAfterSeconds", 1)));
        get(pipeline.sluice().undeploy("download"));
        get(pipeline.sluice().submission().submit(pipeline.clip(1), "user-1", ProgressListener.noop()));
        BackendSimulator.awaitThat(() -> pipeline.backend().messages(BackendSimulator.DOWNLOAD) == 1);
        BackendSimulator.awaitThat(() -> pipeline.database()
                .value("SELECT sent_at < now() - interval '4 s' FROM sluice.stage_run")
                .equals("t"));

        assertThat(pipeline.backend().messages(BackendSimulator.DOWNLOAD)).isEqualTo(1);
    }

    @Test
    void deletesOrphanedArtifactsOnly(PipelineFixture pipeline) throws Exception {
        pipeline.upload("uploads/clip.mp4", pipeline.clip(1));
        pipeline.start(new JsonObject().put("workspace", new JsonObject().put("cleanupIntervalSeconds", 0.5)));
        pipeline.backend().send(job("ended", "uploads/clip.mp4"));
        pipeline.backend().awaitEnd("ended");
        get(pipeline.sluice().undeploy("processing"));
        pipeline.backend().send(job("goes-on", "uploads/clip.mp4"));
        pipeline.backend().awaitStep("goes-on", "download_complete");
        Path jobs = pipeline.workspace().resolve("jobs");
        String ended = fileName(pipeline, "ended");
        String goesOn = fileName(pipeline, "goes-on");

        Files.createDirectories(jobs.resolve(ended).resolve("processing-0-1").resolve("deep"));
        Files.createDirectories(jobs.resolve(ended).resolve("staged").resolve("segment-1-10001"));
        Files.createDirectories(jobs.resolve(goesOn).resolve("download-0-0"));
        Files.createDirectories(jobs.resolve(goesOn).resolve("staged").resolve("processing-0-0"));
        Files.createDirectories(jobs.resolve(goesOn).resolve("staged").resolve("download-0-1"));
        Files.createDirectories(jobs.resolve("unknown-directory").resolve("download-0-1"));
        pipeline.upload("sluice-staging/" + ended + "/upload-0-1/0", pipeline.clip(1));
        pipeline.upload("sluice-staging/" + goesOn + "/upload-0-1/0", pipeline.clip(1));

        BackendSimulator.awaitThat(() -> !Files.exists(jobs.resolve(ended))
                && !Files.exists(jobs.resolve(goesOn).resolve("download-0-0"))
                && !Files.exists(jobs.resolve(goesOn).resolve("staged").resolve("processing-0-0"))
                && get(pipeline.sluice().objectStore().list("sluice-staging/" + ended, ""))
                        .isEmpty());
        assertThat(jobs.resolve(goesOn).resolve("download-0-1")).isNotEmptyDirectory();
        assertThat(jobs.resolve(goesOn).resolve("staged").resolve("download-0-1"))
                .exists();
        assertThat(jobs.resolve("unknown-directory")).exists();
        assertThat(get(pipeline.sluice().objectStore().list("sluice-staging/", "")))
                .hasSize(1);

        get(pipeline.sluice().deploy("processing"));
        assertThat(pipeline.backend().awaitEnd("goes-on").getString("status")).isEqualTo("completed");
        BackendSimulator.awaitThat(() ->
                get(pipeline.sluice().objectStore().list("sluice-staging/", "")).isEmpty());
    }

    @Test
    void defersJobWhenDiskSpaceIsShort(PipelineFixture pipeline) throws Exception {
        pipeline.upload("uploads/clip.mp4", pipeline.clip(1));
        FileStore disk = Files.getFileStore(pipeline.workspace().getParent());
        long free = disk.getUsableSpace();
        long usedByOthers = disk.getTotalSpace() - disk.getUnallocatedSpace();
        pipeline.start(keepingFree((free + usedByOthers / 2) >> 20));

        pipeline.backend().send(job("large", "uploads/clip.mp4"));

        BackendSimulator.awaitThat(() -> pipeline.database()
                .query("SELECT state, counted FROM sluice.stage_run WHERE attempt > 0")
                .equals(List.of(Map.of("state", "waiting", "counted", "0"))));
        assertThat(pipeline.database()
                        .value("SELECT publish_after > now() FROM sluice.outbox WHERE routing_key = 'download'"))
                .isEqualTo("t");
        assertThat(pipeline.backend().hasEnded("large")).isFalse();
    }

    @Test
    void failsJobWhenDiskIsTooSmall(PipelineFixture pipeline) throws Exception {
        pipeline.upload("uploads/clip.mp4", pipeline.clip(1));
        long everythingMiB = 1 << 30;
        pipeline.start(keepingFree(everythingMiB));

        pipeline.backend().send(job("large", "uploads/clip.mp4"));

        JsonObject end = pipeline.backend().awaitEnd("large");
        assertThat(end.getString("error_code")).isEqualTo("disk_too_small");
        assertThat(end.getString("error_message")).contains("the workspace's disk has");
        assertThat(end.getString("current_step")).isEqualTo("download_failed");
    }

    private static JsonObject keepingFree(long mebibytes) {
        return new JsonObject().put("workspace", new JsonObject().put("minFreeMiB", mebibytes));
    }

    private static String fileName(PipelineFixture pipeline, String job) {
        return pipeline.database().value("SELECT file_name FROM sluice.job WHERE id = '" + job + "'");
    }

    private static JsonObject adoptingSoon() {
        return new JsonObject()
                .put("delivery", new JsonObject().put("resendAfterSeconds", 1).put("adoptPending", true));
    }
}
