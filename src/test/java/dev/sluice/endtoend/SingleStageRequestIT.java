package dev.sluice.endtoend;

import static dev.sluice.endtoend.PipelineFixture.get;
import static dev.sluice.endtoend.SingleStageRequestFixture.request;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.sluice.ServicesExtension;
import dev.sluice.ServicesExtension.OnRabbitMq;
import dev.sluice.broker.BrokerNode;
import dev.sluice.broker.EmbeddedNode;
import dev.sluice.broker.RabbitNode;
import dev.sluice.persistence.StoredEncodeSpeed;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Single-stage requests processed completely in one delivery; on RabbitMQ where it is installed. */
@ExtendWith(ServicesExtension.class)
class SingleStageRequestIT {
    private static final List<String> STAGES = List.of("download", "processing", "upload");

    @TempDir
    private Path directory;

    private PipelineFixture pipeline;
    private BackendSimulator backend;

    private void use(PipelineFixture fixture) throws Exception {
        pipeline = fixture;
        backend = pipeline.backend();
        pipeline.upload("uploads/clip.mp4", pipeline.clip(1));
    }

    @Test
    void completesWithoutStageMessages(@OnRabbitMq PipelineFixture fixture) throws Exception {
        use(fixture);
        pipeline.start(settings());
        undeployStages();
        String request = request("whole", "uploads/clip.mp4")
                .put("request_progress_updates", false)
                .encode();

        backend.request(request);
        backend.request(request);
        JsonObject end = backend.awaitEnd("whole");
        BackendSimulator.awaitThat(() -> backend.messages(BackendSimulator.REQUESTS) == 0);

        assertThat(SingleStageRequestFixture.read(backend.updates("whole")))
                .containsExactly(
                        "downloading_video 0 processing",
                        "extracting_metadata 10 processing",
                        "processing_video 30 processing",
                        "uploading_results 70 processing",
                        "uploading_results 80 processing",
                        "processing_complete 100 completed");
        assertThat(end.getJsonArray("thumbnails")).hasSize(1);
        assertThat(pipeline.download("videos/media-whole_360p.mp4", directory.resolve("got")))
                .isNotEmptyFile();
        for (String queue : List.of(BackendSimulator.DOWNLOAD, BackendSimulator.PROCESSING, BackendSimulator.UPLOAD)) {
            assertThat(backend.messages(queue)).as(queue).isZero();
        }
        assertThat(backend.completions("whole")).isEqualTo(1);
        assertThat(runs("whole"))
                .containsExactly(run("download", "done", 1), run("processing", "done", 1), run("upload", "done", 1));
        BackendSimulator.awaitThat(() -> {
            try (var files = Files.list(pipeline.workspace().resolve("jobs"))) {
                return files.findAny().isEmpty();
            }
        });
    }

    @Test
    void requeuesAtShutdownAndResumes(@OnRabbitMq PipelineFixture fixture) throws Exception {
        use(fixture);
        Path marker = Files.writeString(directory.resolve("wait"), "");
        pipeline.start(settings().put("ffmpeg", ffmpegBlockedBy(marker)));
        undeployStages();
        backend.request(request("stopped", "uploads/clip.mp4").encode());
        backend.awaitStep("stopped", "processing_video");

        get(pipeline.sluice().undeploy("requests"));

        BackendSimulator.awaitThat(() -> backend.messages(BackendSimulator.REQUESTS) == 1);
        assertThat(runs("stopped")).containsExactly(run("download", "done", 1), run("processing", "waiting", 0));

        Files.delete(marker);
        get(pipeline.sluice().deploy("requests"));

        assertThat(backend.awaitEnd("stopped").getString("current_step")).isEqualTo("processing_complete");
        assertThat(backend.completions("stopped")).isEqualTo(1);
        assertThat(backend.updates("stopped").stream().map(update -> update.getInteger("progress")))
                .isSorted();
        assertThat(runs("stopped"))
                .containsExactly(run("download", "done", 1), run("processing", "done", 1), run("upload", "done", 1));
    }

    @Test
    void completesOnceWhenDeliveryIsLost() throws Exception {
        try (BrokerNode node = RabbitNode.installed() ? RabbitNode.start() : EmbeddedNode.start();
                PipelineFixture fixture = PipelineFixture.on(node)) {
            use(fixture);
            Path marker = Files.writeString(directory.resolve("wait"), "");
            pipeline.start(settings().put("ffmpeg", ffmpegBlockedBy(marker)));
            backend.request(request("lost", "uploads/clip.mp4").encode());
            backend.awaitStep("lost", "processing_video");

            node.restart();
            Files.delete(marker);

            BackendSimulator.awaitThat(() -> pipeline.database()
                    .value("SELECT state FROM sluice.job WHERE id = 'lost'")
                    .equals("completed"));
            assertThat(runs("lost"))
                    .containsExactly(
                            run("download", "done", 1), run("processing", "done", 1), run("upload", "done", 1));
            BackendSimulator.awaitThat(() -> {
                try (Connection fresh = pipeline.broker().connect()) {
                    Channel channel = fresh.createChannel();
                    return channel.consumerCount(BackendSimulator.REQUESTS) == 1
                            && channel.messageCount(BackendSimulator.REQUESTS) == 0;
                }
            });
        }
    }

    @Test
    void retriesFailedStageByStageMessage(@OnRabbitMq PipelineFixture fixture) throws Exception {
        use(fixture);
        pipeline.start(settings());
        undeployStages();
        pipeline.storeProxy().cut();
        backend.request(request("retried", "uploads/clip.mp4").encode());

        String message = new String(backend.take(BackendSimulator.DOWNLOAD).getBody(), StandardCharsets.UTF_8);
        assertThat(backend.messages(BackendSimulator.REQUESTS)).isZero();
        pipeline.storeProxy().mend();
        backend.send(message);
        for (String stage : STAGES) {
            get(pipeline.sluice().deploy(stage));
        }

        assertThat(backend.awaitEnd("retried").getString("current_step")).isEqualTo("processing_complete");
        assertThat(backend.steps("retried")).contains("extracting_metadata").doesNotContain("download_complete");
    }

    @Test
    void encodesLongVideoInTasks(@OnRabbitMq PipelineFixture fixture) throws Exception {
        use(fixture);
        pipeline.upload("uploads/long.mp4", pipeline.clip(11));
        pipeline.storeEncodeSpeed(StoredEncodeSpeed.SLOW);
        pipeline.start(settings().put("delivery", new JsonObject().put("maxTaskSeconds", 1)));

        backend.request(request("long", "uploads/long.mp4").encode());

        JsonObject end = backend.awaitEnd("long");
        assertThat(end.getString("current_step")).isEqualTo("processing_complete");
        assertThat(end.getString("status")).isEqualTo("completed");
        assertThat(backend.steps("long")).contains("segments_planned", "joining_segments");
        assertThat(backend.messages(BackendSimulator.REQUESTS)).isZero();
    }

    @Test
    void failsAndDeadLettersRequestAfterMaxAttempts(@OnRabbitMq PipelineFixture fixture) throws Exception {
        use(fixture);
        pipeline.start(settings().put("delivery", new JsonObject().put("maxAttempts", 1)));
        pipeline.storeProxy().cut();
        String request = request("lost", "uploads/clip.mp4").encode();

        backend.request(request);

        assertThat(backend.awaitEnd("lost").getString("current_step")).isEqualTo("processing_failed");
        var deadLetter = backend.take(BackendSimulator.DEAD);
        assertThat(new String(deadLetter.getBody(), StandardCharsets.UTF_8)).isEqualTo(request);
        assertThat(deadLetter.getProps().getHeaders().get("x-sluice-queue").toString())
                .isEqualTo(BackendSimulator.REQUESTS);
    }

    private static JsonObject settings() {
        return new JsonObject()
                .put("requests", new JsonObject().put("enabled", true).put("mode", "single-stage"))
                .put("s3", new JsonObject().put("timeoutSeconds", 3));
    }

    private void undeployStages() throws Exception {
        for (String stage : STAGES) {
            get(pipeline.sluice().undeploy(stage));
        }
    }

    private JsonObject ffmpegBlockedBy(Path marker) throws Exception {
        return pipeline.ffmpegAfter(
                directory, "case \"$*\" in *libx264*) while [ -e '" + marker + "' ]; do sleep 0.1; done;; esac");
    }

    private List<Map<String, String>> runs(String job) {
        return pipeline.database()
                .query("SELECT stage, state, counted FROM sluice.stage_run WHERE job_id = '" + job
                        + "' ORDER BY stage");
    }

    private static Map<String, String> run(String stage, String state, int counted) {
        return Map.of("stage", stage, "state", state, "counted", String.valueOf(counted));
    }
}
