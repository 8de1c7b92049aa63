package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ServicesExtension;
import dev.sluice.ServicesExtension.OnRabbitMq;
import dev.sluice.broker.ChildProcess;
import dev.sluice.broker.TestBroker;
import dev.sluice.config.PostgresConfig;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The legacy backend (Node.js, with its own client libraries) works with Sluice without changes: it asserts its queues first,
 * publishes to the exchange, and keeps the tables of its ORM. It handles all updates concurrently, so that their writes overtake
 * each other. On RabbitMQ where it is installed. {@code -Dlegacy.shortJobs} sets the number of its short jobs.
 */
@ExtendWith(ServicesExtension.class)
@Timeout(1200)
class LegacyBackendIT {
    private static final int SHORT_JOBS = Integer.getInteger("legacy.shortJobs", 20);
    private static final Duration LIMIT = Duration.ofSeconds(180 + 3L * SHORT_JOBS);

    private static PipelineFixture pipeline;
    private static Map<String, JsonObject> accounts;

    @BeforeAll
    static void runBackend(@OnRabbitMq PipelineFixture fixture) throws Exception {
        NodeProject project = NodeProject.of("legacy-backend", "backend.js");
        pipeline = fixture;
        // The legacy backend must be the only consumer of updates.
        pipeline.broker().deleteTopology();
        pipeline.upload("uploads/clip.mp4", pipeline.clip(2));
        pipeline.upload("uploads/short.mp4", pipeline.clip(1));
        Path text = Files.createTempFile("no-video", ".mp4");
        pipeline.upload("uploads/text.mp4", Files.writeString(text, "This is no video.\n".repeat(100)));

        ChildProcess backend = project.start("backend.js", environment());
        backend.awaitReady(() -> project.output().contains("ready"));
        pipeline.start(new JsonObject()
                .put("postgres", new JsonObject().put("jobTable", "video_processing_jobs"))
                // The distance alone must suffice: a check of the rows would hide its failure.
                .put("updates", new JsonObject().put("finalDistanceSeconds", 2).put("rowCheckSeconds", 0)));

        assertThat(backend.awaitExit(LIMIT)).as(() -> output(project)).isTrue();
        accounts = project.output().stream()
                .filter(line -> line.startsWith("{"))
                .map(JsonObject::new)
                .collect(Collectors.toMap(account -> account.getString("id"), Function.identity()));
        assertThat(accounts)
                .as(() -> output(project))
                .containsKeys("good", "twice", "text")
                .hasSize(3 + SHORT_JOBS);
        Files.delete(text);
    }

    @Test
    void receivesStepsInOrder() {
        assertThat(steps("good"))
                .containsExactly(
                        "downloading_video",
                        "download_complete",
                        "processing_video",
                        "processing_complete",
                        "uploading_results",
                        "upload_complete");
        assertThat(heard("good").stream().map(update -> update.getInteger(1))).isSorted();
    }

    @Test
    void readsRowsAsItsPagesShowThem() throws Exception {
        assertThat(row("good"))
                .containsEntry("status", "COMPLETED")
                .containsEntry("progress", 100)
                .containsEntry("currentStep", "upload_complete")
                .containsEntry("userId", "user-1")
                .containsEntry("errorMessage", null)
                .doesNotContainEntry("completedAt", null);
        assertThat(accounts.get("good").getJsonObject("media").getMap())
                .containsEntry("processingStatus", "COMPLETED")
                .containsEntry("videoProcessingStatus", "COMPLETED")
                .containsEntry("codec", "h264");
        List<String> keys = accounts.get("good").getJsonArray("keys").stream()
                .map(String::valueOf)
                .toList();
        assertThat(keys).contains("videos/media-good_360p.mp4", "thumbnails/media-good_0.jpg");
        Path fetched = Files.createTempDirectory("fetched").resolve("file");
        for (String key : keys) {
            assertThat(pipeline.download(key, fetched)).as(key).isNotEmptyFile();
            Files.delete(fetched);
        }
        Files.delete(fetched.getParent());
    }

    @Test
    void receivesOneEndForDuplicateJob() {
        assertThat(heard("twice").stream().filter(update -> update.getString(2).equals("completed")))
                .hasSize(1);
        assertThat(row("twice")).containsEntry("status", "COMPLETED");
    }

    @Test
    void readsErrorMessageOfFailedJob() {
        assertThat(steps("text")).containsExactly("downloading_video", "download_failed");
        assertThat(row("text"))
                .containsEntry("status", "FAILED")
                .containsEntry("errorMessage", "The file is text, not a video.");
    }

    @Test
    void endsRowsOfShortJobsRightAlthoughWritesOvertakeEachOther() {
        Map<String, Long> rows = accounts.values().stream()
                .filter(account -> account.getString("id").startsWith("short-"))
                .collect(Collectors.groupingBy(LegacyBackendIT::finalRows, Collectors.counting()));

        assertThat(rows)
                .containsExactly(Map.entry("COMPLETED 100 upload_complete, COMPLETED COMPLETED", (long) SHORT_JOBS));
    }

    private static String finalRows(JsonObject account) {
        JsonObject row = account.getJsonObject("row");
        JsonObject media = account.getJsonObject("media");
        return row.getString("status") + " " + row.getInteger("progress") + " " + row.getString("currentStep") + ", "
                + media.getString("processingStatus") + " " + media.getString("videoProcessingStatus");
    }

    private static Map<String, String> environment() {
        PostgresConfig postgres = pipeline.database().config();
        URI database = URI.create(postgres.uri());
        String credentials = postgres.user() + ":" + postgres.password().reveal();
        TestBroker broker = pipeline.broker();
        JsonArray jobs = new JsonArray()
                .add(job("good", "uploads/clip.mp4"))
                .add(job("twice", "uploads/clip.mp4").put("times", 2))
                .add(job("text", "uploads/text.mp4"));
        for (int n = 0; n < SHORT_JOBS; n++) {
            jobs.add(job("short-" + n, "uploads/short.mp4"));
        }
        return Map.of(
                "DATABASE_URL",
                "postgresql://" + credentials + "@" + database.getAuthority() + database.getPath(),
                "AMQP_URL",
                "amqp://" + broker.user() + ":" + broker.password().reveal() + "@127.0.0.1:" + broker.port(),
                "JOBS",
                jobs.encode());
    }

    private static JsonObject job(String id, String key) {
        return new JsonObject()
                .put("id", id)
                .put("mediaId", "media-" + id)
                .put("s3Key", key)
                .put("originalFilename", "clip.mp4")
                .put("mimeType", "video/mp4");
    }

    private static List<JsonArray> heard(String job) {
        return accounts.get(job).getJsonArray("heard").stream()
                .map(update -> (JsonArray) update)
                .toList();
    }

    private static List<String> steps(String job) {
        return heard(job).stream().map(update -> update.getString(0)).distinct().toList();
    }

    private static Map<String, Object> row(String job) {
        return accounts.get(job).getJsonObject("row").getMap();
    }

    private static String output(NodeProject project) {
        try {
            return "the backend output: " + String.join("\n", project.output());
        } catch (java.io.IOException gone) {
            return "what the backend output is gone";
        }
    }
}
