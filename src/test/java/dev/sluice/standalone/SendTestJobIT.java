package dev.sluice.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.sluice.standalone.embedded.EmbeddedServices;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code send-test-job} of both jars: with a pipeline, without one, and with another processor. */
@Timeout(300)
class SendTestJobIT {
    private static final String DOWNLOAD = "video.processing.download";
    private static final String UPDATES = "video.processing.updates";

    @TempDir
    private static Path directory;

    private static EmbeddedServices services;

    @BeforeAll
    static void start() throws IOException {
        services = EmbeddedServices.start(directory.resolve("services"));
    }

    @AfterAll
    static void stop() {
        services.close();
    }

    @BeforeEach
    void purgeQueues() throws Exception {
        try (Connection connection = connect()) {
            Channel channel = connection.createChannel();
            for (String queue : List.of(DOWNLOAD, UPDATES)) {
                channel.queueDeclare(queue, true, false, false, Map.of());
                channel.queuePurge(queue);
            }
        }
    }

    @Test
    void printsUpdatesAndLeavesThemToTheBackend() throws Exception {
        Path config = configuration();
        Path object = services.objectPath("uploads/clip.mp4");
        Files.createDirectories(object.getParent());
        Files.copy(Clips.generate(directory, 1), object);

        try (JarProcess worker = JarProcess.start(JarProcess.PRODUCTION, "-conf", config)) {
            worker.awaitOutput("pipeline started");
            try (JarProcess good = JarProcess.run(
                            JarProcess.PRODUCTION,
                            "send-test-job",
                            "uploads/clip.mp4",
                            "--seconds",
                            100,
                            "-conf",
                            config);
                    JarProcess missing = JarProcess.run(
                            JarProcess.STANDALONE, "test-staged", "--seconds", 100, "--broker", broker())) {
                assertThat(good.exitCode()).as(good + worker.toString()).isZero();
                assertThat(good.err()).isEmpty();
                assertThat(good.out().lines().findFirst().orElseThrow()).matches("job test-\\S+ for uploads/clip.mp4");
                assertThat(good.out())
                        .containsSubsequence(
                                "processing   0 %  downloading_video",
                                "processing  30 %  processing_video",
                                "completed  100 %  upload_complete  video_versions: ");
                assertThat(missing.exitCode()).as(missing + worker.toString()).isEqualTo(1);
                assertThat(missing.out()).contains("download_failed", "(object_not_found)");
            }
            assertThat(messagesFor(UPDATES)).as("updates left to the backend").isGreaterThan(6);
        }
    }

    @Test
    void reportsMissingConsumer() throws Exception {
        Path config = configuration();
        JsonObject prefixed = new JsonObject(Files.readString(config));
        prefixed.getJsonObject("rabbitmq").put("prefix", "site-b.");
        Files.writeString(config, prefixed.encode());

        try (JarProcess alone =
                JarProcess.run(JarProcess.PRODUCTION, "send-test-job", "--seconds", 1, "-conf", config)) {
            assertThat(alone.exitCode()).isEqualTo(1);
            assertThat(alone.err().strip())
                    .isEqualTo("No update within 1 s: is there a consumer of site-b.video.processing.download?");
            assertThat(messagesFor("site-b." + DOWNLOAD)).isEqualTo(1);
            assertThat(messagesFor(DOWNLOAD)).isZero();
        }
    }

    @Test
    void reportsUnavailableBroker() throws Exception {
        try (JarProcess unavailable =
                JarProcess.run(JarProcess.PRODUCTION, "send-test-job", "--broker", "amqp://127.0.0.1:1")) {
            assertThat(unavailable.exitCode()).isEqualTo(1);
            assertThat(unavailable.err()).contains("RabbitMQ at 127.0.0.1:1: nothing listens there");
        }
    }

    @Test
    void consumesQueueAndRequeuesUpdatesOfOtherJobs() throws Exception {
        try (Connection processor = connect()) {
            Channel channel = processor.createChannel();
            publish(channel, new JsonObject().put("job_id", "other-job").put("status", "completed"));
            channel.basicConsume(
                    DOWNLOAD,
                    true,
                    (tag, job) -> publish(
                            channel,
                            new JsonObject()
                                    .put("job_id", new JsonObject(text(job.getBody())).getString("id"))
                                    .put("status", "completed")
                                    .put("progress", 100)),
                    tag -> {});

            try (JarProcess client = JarProcess.run(
                    JarProcess.PRODUCTION, "send-test-job", "--from-queue", "--json", "--broker", broker())) {
                assertThat(client.exitCode()).as(client.toString()).isZero();
                List<String> lines = client.out().lines().toList();
                assertThat(lines).hasSize(2);
                assertThat(new JsonObject(lines.get(1)).getMap()).containsEntry("status", "completed");
            }
            assertThat(text(channel.basicGet(UPDATES, true).getBody())).contains("other-job");
            assertThat(channel.basicGet(UPDATES, true)).isNull();
        }
    }

    private static void publish(Channel channel, JsonObject update) throws IOException {
        channel.basicPublish("", UPDATES, null, update.encode().getBytes(StandardCharsets.UTF_8));
    }

    private static String text(byte[] body) {
        return new String(body, StandardCharsets.UTF_8);
    }

    private static long messagesFor(String queue) throws Exception {
        try (Connection connection = connect()) {
            return connection.createChannel().messageCount(queue);
        }
    }

    private static Connection connect() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(broker());
        return factory.newConnection();
    }

    /** The URI for the command line. */
    private static String broker() {
        JsonObject rabbitmq = services.configuration().getJsonObject("rabbitmq");
        URI uri = URI.create(rabbitmq.getString("uri"));
        return "amqp://" + rabbitmq.getString("user") + ":" + rabbitmq.getString("password") + "@" + uri.getAuthority();
    }

    private static Path configuration() throws IOException {
        JsonObject settings = services.configuration().put("media", new JsonObject().put("preset", "ultrafast"));
        settings.getJsonObject("ffmpeg").put("cacheDirectory", Clips.FFMPEG_CACHE.toString());
        return Files.writeString(directory.resolve("sluice.json"), settings.encode());
    }
}
