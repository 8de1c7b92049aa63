package dev.sluice.endtoend;

import static dev.sluice.endtoend.SingleStageRequestFixture.request;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.GetResponse;
import dev.sluice.ServicesExtension;
import dev.sluice.ServicesExtension.OnRabbitMq;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Single-stage requests processed in stages; on RabbitMQ where it is installed. */
@ExtendWith(ServicesExtension.class)
class StagedRequestIT {
    private static final List<String> UPDATES = List.of(
            "downloading_video 0 processing",
            "extracting_metadata 10 processing",
            "processing_video 30 processing",
            "uploading_results 70 processing",
            "uploading_results 80 processing",
            "processing_complete 100 completed");

    private static PipelineFixture pipeline;
    private static BackendSimulator backend;

    @BeforeAll
    static void start(@OnRabbitMq PipelineFixture fixture) throws Exception {
        pipeline = fixture;
        backend = pipeline.backend();
        pipeline.upload("uploads/clip.mp4", pipeline.clip(1));
        Path text = Files.createTempFile("no-video", ".mp4");
        pipeline.upload("uploads/text.mp4", Files.writeString(text, "This is no video.\n".repeat(100)));
        Files.delete(text);
        pipeline.start(new JsonObject().put("requests", new JsonObject().put("enabled", true)));
    }

    @Test
    void sendsLegacyStepsInOrder() throws Exception {
        pending("steps");
        backend.request(request("steps", "uploads/clip.mp4").encode());

        JsonObject end = backend.awaitEnd("steps");

        assertThat(backend.steps("steps"))
                .containsExactly(
                        "downloading_video",
                        "extracting_metadata",
                        "processing_video",
                        "uploading_results",
                        "processing_complete");
        assertThat(backend.updates("steps").stream().map(update -> update.getInteger("progress")))
                .isSorted();
        assertThat(SingleStageRequestFixture.read(backend.updates("steps"))).containsSubsequence(UPDATES);
        assertThat(end.getString("status")).isEqualTo("completed");
        assertThat(end.getInteger("progress")).isEqualTo(100);
        assertThat(end.getJsonArray("video_versions").getJsonObject(0).getString("s3_key"))
                .isEqualTo("videos/media-steps_360p.mp4");
        assertThat(end.getJsonArray("thumbnails")).hasSize(1);
        assertThat(row("steps"))
                .containsEntry("status", "COMPLETED")
                .containsEntry("currentStep", "processing_complete")
                .containsEntry("progress", "100");
    }

    @Test
    void omitsProgressAndThumbnailsWhenNotRequested() throws Exception {
        backend.request(request("plain", "uploads/clip.mp4")
                .put("request_thumbnails", false)
                .put("request_progress_updates", false)
                .encode());

        JsonObject end = backend.awaitEnd("plain");

        assertThat(SingleStageRequestFixture.read(backend.updates("plain"))).isEqualTo(UPDATES);
        assertThat(end.getJsonArray("thumbnails")).isEmpty();
        assertThat(end.getJsonArray("video_versions")).hasSize(1);
    }

    @Test
    void processesDuplicateRequestOnce() throws Exception {
        String request = request("thrice", "uploads/clip.mp4").encode();

        backend.request(request);
        backend.request(request);
        backend.request(request);
        backend.awaitEnd("thrice");
        BackendSimulator.awaitThat(() -> backend.messages(BackendSimulator.REQUESTS) == 0);
        pipeline.awaitIdle();

        pipeline.assertCompletedOnce("thrice");
    }

    @Test
    void failsAsLegacyFlow() throws Exception {
        backend.request(request("text", "uploads/text.mp4").encode());

        JsonObject end = backend.awaitEnd("text");

        assertThat(end.getString("current_step")).isEqualTo("processing_failed");
        assertThat(end.getString("status")).isEqualTo("failed");
        assertThat(end.getString("error_code")).isEqualTo("not_a_video");
        assertThat(row("text")).containsEntry("status", "FAILED").containsEntry("currentStep", "processing_failed");
    }

    @Test
    void deadLettersUndecodableRequest() throws Exception {
        pending("bad");
        JsonObject withoutKey = request("bad", "");
        backend.request("not json");
        backend.request(withoutKey.encode());
        backend.request(request("good", "uploads/clip.mp4").encode());

        GetResponse first = backend.take(BackendSimulator.DEAD);
        GetResponse second = backend.take(BackendSimulator.DEAD);
        JsonObject end = backend.awaitEnd("bad");

        assertThat(List.of(text(first), text(second))).containsExactlyInAnyOrder("not json", withoutKey.encode());
        assertThat(List.of(first, second))
                .allSatisfy(
                        letter -> assertThat(header(letter, "x-sluice-queue")).isEqualTo(BackendSimulator.REQUESTS))
                .allSatisfy(letter ->
                        assertThat(header(letter, "x-sluice-error-code")).isEqualTo("invalid_message"))
                .anySatisfy(
                        letter -> assertThat(header(letter, "x-sluice-error")).contains("'s3_key'"));
        assertThat(end.getString("current_step")).isEqualTo("processing_failed");
        assertThat(end.getString("media_id")).isEqualTo("media-bad");
        assertThat(end.getString("error_message")).contains("'s3_key'");
        assertThat(row("bad")).containsEntry("status", "FAILED");
        assertThat(backend.awaitEnd("good").getString("status")).isEqualTo("completed");

        backend.request(request("good", "").encode());
        backend.take(BackendSimulator.DEAD);
        pipeline.awaitIdle();

        assertThat(backend.updates("good").stream().map(update -> update.getString("status")))
                .doesNotContain("failed");
        assertThat(row("good")).containsEntry("status", "COMPLETED");
    }

    @Test
    void doesNotAffectStagedJobs() throws Exception {
        backend.request(request("one", "uploads/clip.mp4").encode());
        backend.send(PipelineFixture.job("other", "uploads/clip.mp4"));

        assertThat(backend.awaitEnd("one").getString("current_step")).isEqualTo("processing_complete");
        assertThat(backend.awaitEnd("other").getString("current_step")).isEqualTo("upload_complete");
    }

    /** As the legacy backend inserts it before the request. */
    private static void pending(String id) {
        BackendSimulator.awaitThat(() -> pipeline.database()
                .value("SELECT to_regclass('\"VideoProcessingJob\"') IS NOT NULL")
                .equals("t"));
        pipeline.database()
                .execute("INSERT INTO \"VideoProcessingJob\" (\"id\", \"mediaId\", \"userId\", \"s3Key\") VALUES ('"
                        + id + "', 'media-" + id + "', 'user-1', 'uploads/clip.mp4')");
    }

    private static Map<String, String> row(String id) {
        return pipeline.database()
                .query("SELECT \"status\", \"currentStep\", \"progress\" FROM \"VideoProcessingJob\" WHERE \"id\" = '"
                        + id + "'")
                .get(0);
    }

    private static String text(GetResponse letter) {
        return new String(letter.getBody(), StandardCharsets.UTF_8);
    }

    private static String header(GetResponse letter, String name) {
        return String.valueOf(letter.getProps().getHeaders().get(name));
    }
}
