package dev.sluice.endtoend;

import static dev.sluice.endtoend.PipelineFixture.get;
import static dev.sluice.endtoend.PipelineFixture.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ServicesExtension;
import dev.sluice.ServicesExtension.OnRabbitMq;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The message contract with the backend, tested with a complete pipeline; on RabbitMQ where it is installed. */
@ExtendWith(ServicesExtension.class)
class ContractIT {
    private static final List<String> STEPS = List.of(
            "downloading_video",
            "download_complete",
            "processing_video",
            "processing_complete",
            "uploading_results",
            "upload_complete");

    /** As created by a Node.js ORM. */
    private static final String ORM_TABLE = """
            CREATE TYPE "ProcessingStatus" AS ENUM ('PENDING', 'PROCESSING', 'COMPLETED', 'REJECTED', 'FAILED');
            CREATE TABLE "video_processing_jobs" (
                "id" TEXT NOT NULL PRIMARY KEY,
                "mediaId" TEXT NOT NULL,
                "userId" TEXT NOT NULL,
                "s3Key" TEXT NOT NULL,
                "originalFilename" TEXT NOT NULL,
                "status" "ProcessingStatus" NOT NULL DEFAULT 'PENDING',
                "progress" INTEGER NOT NULL DEFAULT 0,
                "currentStep" TEXT,
                "errorMessage" TEXT,
                "thumbnails" JSONB,
                "videoVersions" JSONB,
                "metadata" JSONB,
                "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
                "updatedAt" TIMESTAMP(3) NOT NULL,
                "completedAt" TIMESTAMP(3)
            );
            INSERT INTO "video_processing_jobs" ("id", "mediaId", "userId", "s3Key", "originalFilename", "updatedAt")
            VALUES ('known', 'media-known', 'user-1', 'uploads/clip.mp4', 'clip.mp4', now());
            """;

    private static PipelineFixture pipeline;
    private static BackendSimulator backend;

    @BeforeAll
    static void start(@OnRabbitMq PipelineFixture fixture) throws Exception {
        // The backend asserts its queues and exchanges first; a pipeline that cannot use them starts no consumer.
        pipeline = fixture;
        backend = pipeline.backend();
        pipeline.upload("uploads/clip.mp4", pipeline.clip(1));
        pipeline.database().execute(ORM_TABLE);
        pipeline.start(new JsonObject().put("postgres", new JsonObject().put("jobTable", "video_processing_jobs")));
    }

    @Test
    void sendsStepsInOrder() throws Exception {
        backend.send(job("steps", "uploads/clip.mp4"));

        JsonObject end = backend.awaitEnd("steps");

        List<JsonObject> updates = backend.updates("steps");
        assertThat(backend.steps("steps")).containsExactlyElementsOf(STEPS);
        assertThat(Stream.of("downloading_video", "download_complete", "processing_video")
                        .map(step -> first("steps", step).getInteger("progress")))
                .containsExactly(0, 20, 30);
        assertThat(Stream.of("processing_complete", "uploading_results", "upload_complete")
                        .map(step -> first("steps", step).getInteger("progress")))
                .containsExactly(70, 80, 100);
        assertThat(updates.stream().map(update -> update.getInteger("progress")))
                .isSorted();
        assertThat(updates.stream().map(update -> update.getLong("seq")))
                .isSorted()
                .doesNotHaveDuplicates();
        assertThat(updates).allSatisfy(update -> {
            assertThat(update.getString("type")).isEqualTo("video_processing_update");
            assertThat(update.getString("media_id")).isEqualTo("media-steps");
            assertThat(Instant.parse(update.getString("timestamp"))).isAfter(Instant.EPOCH);
        });
        assertThat(end.getString("status")).isEqualTo("completed");
        assertThat(end.getJsonArray("video_versions").getJsonObject(0).getMap())
                .containsEntry("quality", "360p")
                .containsEntry("s3_key", "videos/media-steps_360p.mp4")
                .containsEntry("width", 640)
                .containsEntry("height", 360)
                .containsKey("file_size");
        assertThat(end.getJsonArray("thumbnails").getJsonObject(0).getMap())
                .containsEntry("s3_key", "thumbnails/media-steps_0.jpg")
                .containsEntry("width", 320)
                .containsKeys("timestamp", "height", "file_size");
        assertThat(end.getJsonObject("metadata").getMap()).containsEntry("codec", "h264");
    }

    @Test
    void acceptsJobWithRequiredFieldsOnly() throws Exception {
        backend.send(new JsonObject()
                .put("id", "bare")
                .put("mediaId", "media-bare")
                .put("userId", "user-1")
                .put("mediaType", "VIDEO")
                .put("s3Key", "uploads/clip.mp4"));

        JsonObject end = backend.awaitEnd("bare");

        assertThat(end.getString("current_step")).isEqualTo("upload_complete");
    }

    @Test
    void forwardsUnknownFieldsToLastStage() throws Exception {
        get(pipeline.sluice().undeploy("upload"));
        JsonObject extra = new JsonObject().put("deep", new JsonArray().add(1.5).addNull());

        backend.send(job("extra", "uploads/clip.mp4").put("tenant", extra));
        backend.awaitStep("extra", "processing_complete");
        String forwarded = new String(backend.take(BackendSimulator.UPLOAD).getBody(), StandardCharsets.UTF_8);

        JsonObject message = new JsonObject(Buffer.buffer(forwarded));
        assertThat(message.getJsonObject("tenant")).isEqualTo(extra);
        assertThat(message.getMap())
                .containsEntry("userId", "user-1")
                .containsEntry("s3Key", "uploads/clip.mp4")
                .containsEntry("createdAt", "1970-01-01T00:00:00Z")
                .containsEntry("stage", "UPLOADING");
        get(pipeline.sluice().deploy("upload"));
    }

    @Test
    void updatesRowOfBackendWithNativeTypes() throws Exception {
        backend.send(job("known", "uploads/clip.mp4"));

        backend.awaitEnd("known");

        Map<String, String> row = pipeline.database()
                .query("SELECT \"status\"::text, \"progress\", \"currentStep\", \"completedAt\" IS NOT NULL AS done,"
                        + " \"videoVersions\"->0->>'quality' AS quality, \"thumbnails\"->0->>'s3Key' AS thumbnail,"
                        + " \"metadata\"->>'codec' AS codec FROM \"video_processing_jobs\" WHERE \"id\" = 'known'")
                .get(0);
        assertThat(row)
                .isEqualTo(Map.of(
                        "status", "COMPLETED",
                        "progress", "100",
                        "currentStep", "upload_complete",
                        "done", "t",
                        "quality", "360p",
                        "thumbnail", "thumbnails/media-known_0.jpg",
                        "codec", "h264"));
    }

    @Test
    void processesDuplicateJobOnce() throws Exception {
        JsonObject job = job("thrice", "uploads/clip.mp4");

        backend.send(job);
        backend.send(job);
        backend.send(job);
        backend.awaitEnd("thrice");
        pipeline.awaitIdle();

        pipeline.assertCompletedOnce("thrice");
    }

    @Test
    void leavesSingleStageRequestsToLegacyProcessor() throws Exception {
        String request = new JsonObject()
                .put("type", "video_processing_request")
                .put("job_id", "older")
                .put("media_id", "media-older")
                .encode();

        backend.request(request);
        backend.send(job("newer", "uploads/clip.mp4"));

        assertThat(backend.awaitEnd("newer").getString("status")).isEqualTo("completed");
        assertThat(backend.consumers(BackendSimulator.REQUESTS)).isZero();
        assertThat(new String(backend.take(BackendSimulator.REQUESTS).getBody(), StandardCharsets.UTF_8))
                .isEqualTo(request);
        assertThat(backend.updates("older")).isEmpty();
    }

    @Test
    void emptiesWorkspaceOfCompletedJob() throws Exception {
        backend.send(job("tidy", "uploads/clip.mp4"));

        backend.awaitEnd("tidy");

        BackendSimulator.awaitThat(() -> {
            try (var files = Files.list(pipeline.workspace().resolve("jobs"))) {
                return files.noneMatch(
                        directory -> directory.getFileName().toString().contains("tidy"));
            }
        });
    }

    @Test
    void declaresTopologyThatBackendAsserts() throws Exception {
        for (String verticle : pipeline.sluice().verticles()) {
            get(pipeline.sluice().undeploy(verticle));
        }
        pipeline.broker().deleteTopology();
        for (String verticle : pipeline.sluice().verticles()) {
            get(pipeline.sluice().deploy(verticle));
        }

        BackendSimulator.awaitThat(pipeline::isConsuming);
        backend.assertTopology();
        backend.listen();
        backend.send(job("after", "uploads/clip.mp4"));

        assertThat(backend.awaitEnd("after").getString("status")).isEqualTo("completed");
    }

    private static JsonObject first(String job, String step) {
        return backend.updates(job).stream()
                .filter(update -> update.getString("current_step").equals(step))
                .findFirst()
                .orElseThrow();
    }
}
