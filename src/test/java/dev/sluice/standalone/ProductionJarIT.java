package dev.sluice.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.sluice.ffmpeg.sandbox.Bubblewrap;
import dev.sluice.job.StageName;
import dev.sluice.persistence.job.JobStatus;
import dev.sluice.persistence.job.RunStatus;
import dev.sluice.standalone.embedded.EmbeddedServices;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs the production jar as a child process, with the embedded services of this process. */
@Timeout(300)
class ProductionJarIT {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
    /** Of a process that finishes its runs. */
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(210);

    @TempDir
    private static Path directory;

    private static EmbeddedServices services;

    @BeforeAll
    static void startServices() throws IOException {
        services = EmbeddedServices.start(directory.resolve("services"));
    }

    @AfterAll
    static void stopServices() {
        services.close();
    }

    @Test
    void containsNoEmbeddedServices() throws IOException {
        List<String> embedded = List.of(
                "dev/sluice/standalone/",
                "org/apache/qpid/",
                "org/apache/derby/",
                "io/zonky/",
                "org/gaul/",
                "org/jclouds/",
                "org/eclipse/jetty/",
                "postgres-");

        try (JarFile jar = new JarFile(JarProcess.PRODUCTION.toFile())) {
            assertThat(jar.stream().map(Object::toString))
                    .contains(
                            "dev/sluice/Main.class",
                            "META-INF/sbom/sluice.cdx.json",
                            "http/page/hls.min.js",
                            "http/page/hls.LICENSE.txt")
                    .noneMatch(name -> embedded.stream().anyMatch(name::startsWith));
        }
    }

    @Test
    void checkSucceedsForValidConfiguration() throws Exception {
        JsonObject prefixed = settings("fast");
        prefixed.getJsonObject("rabbitmq").put("prefix", "site-c.");
        Path good = file("good", prefixed);

        try (JarProcess check = JarProcess.run(JarProcess.PRODUCTION, "check", "-conf", good)) {
            assertThat(check.exitCode()).as(check.toString()).isZero();
            assertThat(check.out().lines()).hasSize(5).allMatch(line -> line.matches("\\w+ +ok +.*"));
            assertThat(check.out()).contains(", prefix site-c.");
            assertThat(check.err()).isEmpty();
        }
    }

    /** The steps of the Dockerfile, with its paths in a directory, as the user of the image with a read-only root file system. */
    @Test
    void checkSucceedsInSandboxAsInTheImage() throws Exception {
        assumeThat(Bubblewrap.works()).as("bubblewrap works").isTrue();
        ImageDirectory image = ImageDirectory.build(Files.createDirectory(directory.resolve("image")));
        Path config = file("image", settings("fast"));

        try (JarProcess check = image.run(config, "check", "-conf", config)) {
            assertThat(check.awaitExit(Duration.ofSeconds(60)))
                    .as(check.toString())
                    .isZero();
            assertThat(check.out().lines()).hasSize(5).allMatch(line -> line.matches("\\w+ +ok +.*"));
            assertThat(check.out()).contains("in a sandbox");
        }
    }

    @Test
    void checkPrintsErrorOfEachUnavailableService() throws Exception {
        JsonObject bad = settings("fast");
        bad.getJsonObject("rabbitmq").put("uri", "amqp://127.0.0.1:1/");
        bad.getJsonObject("postgres").put("password", "mistaken");
        bad.getJsonObject("s3").put("bucket", "nowhere");

        try (JarProcess check = JarProcess.run(JarProcess.PRODUCTION, "check", "-conf", file("bad", bad));
                JarProcess json = JarProcess.run(JarProcess.PRODUCTION, "check", "--json", "-conf", file("bad", bad))) {
            assertThat(json.exitCode()).isEqualTo(1);
            assertThat(json.out().lines().map(JsonObject::new))
                    .extracting(line -> line.getString("section") + " " + line.getBoolean("ok"))
                    .containsExactly("rabbitmq false", "postgres false", "s3 false", "workspace true", "ffmpeg true");
            assertThat(check.exitCode()).isEqualTo(1);
            assertThat(check.out())
                    .containsPattern("rabbitmq +FAILED")
                    .contains("RabbitMQ at 127.0.0.1:1: nothing listens there")
                    .containsPattern("postgres +FAILED")
                    .contains("password authentication failed")
                    .containsPattern("s3 +FAILED")
                    .contains("The bucket 'nowhere' does not exist")
                    .containsPattern("ffmpeg +ok");
            assertThat(check.out() + check.err()).doesNotContain("mistaken", "\tat ");
        }
    }

    @Test
    void printsAllErrorsOfInvalidConfiguration() throws Exception {
        JsonObject bad = settings("fast");
        bad.getJsonObject("rabbitmq").put("pasword", "x");
        bad.getJsonObject("postgres").put("poolSize", "many");
        Path file = file("refused", bad);

        for (String command : List.of("check", "run")) {
            try (JarProcess invalid = JarProcess.run(JarProcess.PRODUCTION, command, "-conf", file)) {
                assertThat(invalid.exitCode()).isEqualTo(2);
                assertThat(invalid.err())
                        .contains("rabbitmq.pasword: unknown key; did you mean rabbitmq.password?")
                        .contains("postgres.poolSize: invalid value 'many'");
                assertThat(invalid.out()).isEmpty();
            }
        }
    }

    @Test
    void runFailsIfTheBrokerRejectsThePassword() throws Exception {
        JsonObject bad = settings("fast");
        bad.getJsonObject("rabbitmq").put("password", "mistaken");

        try (JarProcess run = JarProcess.run(JarProcess.PRODUCTION, "-conf", file("rejected", bad))) {
            assertThat(run.exitCode()).as(run.toString()).isEqualTo(1);
            assertThat(run.err())
                    .contains("RabbitMQ at", "password", "pipeline stopped")
                    .doesNotContain("ready");
        }
    }

    @Test
    void printsUsageOfInvalidCommandLine() throws Exception {
        try (JarProcess incomplete = JarProcess.run(JarProcess.PRODUCTION);
                JarProcess unknown = JarProcess.run(JarProcess.PRODUCTION, "submitt");
                JarProcess help = JarProcess.run(JarProcess.PRODUCTION, "submit", "--help")) {
            assertThat(incomplete.exitCode()).isEqualTo(2);
            assertThat(incomplete.err()).contains("Missing required option: '--conf=FILE'", "Usage: sluice run");
            assertThat(unknown.exitCode()).isEqualTo(2);
            assertThat(help.exitCode()).isZero();
            assertThat(help.out())
                    .contains(
                            "Usage: sluice submit",
                            "--wait",
                            "Exit codes:",
                            "2   invalid command line or configuration");
        }
    }

    @Test
    void administersDeadLettersAndJobs() throws Exception {
        JsonObject prefixed = settings("fast");
        prefixed.getJsonObject("rabbitmq").put("prefix", "site-b.");
        Path config = file("admin", prefixed);
        putDeadLetter("site-b.video.processing.dead", "not a job \u001b[2J");
        putDeadLetter("video.processing.dead", "of another installation");

        try (JarProcess list =
                JarProcess.run(JarProcess.PRODUCTION, "dead-letters", "list", "--json", "-conf", config)) {
            assertThat(list.exitCode()).as(list.toString()).isZero();
            assertThat(list.err()).isEmpty();
            String id = new JsonObject(list.out()).getString("id");
            try (JarProcess table = JarProcess.run(JarProcess.PRODUCTION, "dead-letters", "list", "-conf", config);
                    JarProcess show =
                            JarProcess.run(JarProcess.PRODUCTION, "dead-letters", "show", id, "-conf", config);
                    JarProcess discard = JarProcess.run(
                            JarProcess.PRODUCTION, "dead-letters", "discard", id, "no-such", "-conf", config)) {
                assertThat(table.out().lines()).hasSize(2).anyMatch(line -> line.startsWith(id));
                assertThat(show.out()).contains("x-sluice-queue: elsewhere", "not a job \\u001b[2J");
                assertThat(discard.exitCode()).isEqualTo(1);
                assertThat(discard.out()).contains(id, "Discarded.");
                assertThat(discard.err()).contains("no-such  Dead letter not found");
            }
        }
        try (JarProcess incomplete = JarProcess.run(JarProcess.PRODUCTION, "dead-letters");
                JarProcess cancel = JarProcess.run(JarProcess.PRODUCTION, "cancel", "unknown-job", "-conf", config)) {
            assertThat(incomplete.exitCode()).isEqualTo(2);
            assertThat(incomplete.err())
                    .contains("Missing required subcommand", "Usage: sluice dead-letters", "discard");
            assertThat(cancel.exitCode()).isEqualTo(1);
            assertThat(cancel.err()).startsWith("unknown-job  No worker has received a job with this ID");
        }
    }

    private static void putDeadLetter(String queue, String body) throws Exception {
        JsonObject broker = settings("fast").getJsonObject("rabbitmq");
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(broker.getString("uri"));
        factory.setUsername(broker.getString("user"));
        factory.setPassword(broker.getString("password"));
        try (Connection connection = factory.newConnection()) {
            Channel channel = connection.createChannel();
            channel.queueDeclare(queue, true, false, false, Map.of());
            channel.confirmSelect();
            AMQP.BasicProperties properties = new AMQP.BasicProperties.Builder()
                    .headers(Map.of("x-sluice-queue", "elsewhere"))
                    .build();
            channel.basicPublish("", queue, properties, body.getBytes(StandardCharsets.UTF_8));
            channel.waitForConfirmsOrDie(10_000);
        }
    }

    @Test
    void processesSubmittedFileInAllStages() throws Exception {
        JsonObject open =
                new JsonObject().put("enabled", true).put("auth", "none").put("port", 0);
        Path config = file("through", settings("ultrafast").put("backend", open));
        Path clip = Clips.generate(directory, 2);

        try (JarProcess worker = JarProcess.start(JarProcess.PRODUCTION, "-conf", config);
                JarProcess submit = JarProcess.run(JarProcess.PRODUCTION, "submit", clip, "-conf", config, "--wait")) {
            worker.terminate();
            worker.awaitExit(STOP_LIMIT);

            assertThat(submit.exitCode()).as(submit + worker.toString()).isZero();
            assertThat(submit.err()).isEmpty();
            assertThat(submit.out())
                    .containsSubsequence("download   done", "processing done", "upload     done")
                    .containsPattern("360p +640x360 +[0-9,]+  s3://media/videos/")
                    .containsPattern("thumbnail +320x180 +[0-9,]+  s3://media/thumbnails/");
            assertThat(worker.err())
                    .contains(
                            "HTTP API listening",
                            "authentication disabled",
                            "pipeline started",
                            " ready ",
                            "pipeline stopped")
                    .doesNotContain("ERROR", "\tat ");
        }
    }

    @Test
    void printsErrorOfFailedJob() throws Exception {
        Path config = file("failing", settings("ultrafast"));
        Path text = Clips.text(directory);

        try (JarProcess worker = JarProcess.start(JarProcess.PRODUCTION, "-conf", config);
                JarProcess submit = JarProcess.run(JarProcess.PRODUCTION, "submit", text, "-conf", config, "--wait")) {
            assertThat(submit.exitCode()).as(submit + worker.toString()).isEqualTo(1);
            assertThat(submit.out())
                    .contains("The job failed in download: The file is text, not a video. (not_a_video)");
        }
    }

    @Test
    void requeuesOrFinishesEncodeOnSigterm() throws Exception {
        // In one piece, however slow this host was before.
        JsonObject whole = new JsonObject().put("maxTaskSeconds", 86_400);
        Path slow = file("slow", settings("veryslow").put("delivery", whole));
        Path fast = file("fast", settings("ultrafast"));
        Path draining = file(
                "draining",
                settings("ultrafast")
                        .put("delivery", whole)
                        .put("shutdown", new JsonObject().put("drainSeconds", 200)));
        Path clip = Clips.generate(directory, 10);

        try (JarProcess first = JarProcess.start(JarProcess.PRODUCTION, "-conf", slow);
                JarProcess submit = JarProcess.run(JarProcess.PRODUCTION, "submit", clip, "-conf", slow);
                JobReader jobs = JobReader.open(settings("fast"))) {
            String job = submit.out().strip();
            List<ProcessHandle> encode = first.awaitEncode();
            assertThat(FileModes.accessibleByOthers(directory.resolve("services")))
                    .isEmpty();
            first.terminate();
            first.awaitExit(STOP_LIMIT);

            assertThat(encode).isNotEmpty();
            // The first process of a sandbox reports the exit of its program before it exits itself.
            Awaitility.await()
                    .atMost(Duration.ofSeconds(2))
                    .until(() -> encode.stream().noneMatch(ProcessHandle::isAlive));
            assertThat(jobs.run(job, StageName.PROCESSING))
                    .as(first.toString())
                    .returns("waiting", RunStatus::state)
                    .returns(0, RunStatus::attempts);
            try (JarProcess second = JarProcess.start(JarProcess.PRODUCTION, "-conf", draining)) {
                assertThat(second.awaitEncode()).isNotEmpty();
                second.terminate();
                second.awaitExit(DRAIN_LIMIT);

                assertThat(second.err()).contains("pipeline draining", "pipeline stopped");
                assertThat(jobs.run(job, StageName.PROCESSING))
                        .as(second.toString())
                        .returns("done", RunStatus::state)
                        .returns(1, RunStatus::attempts);
            }
            try (JarProcess third = JarProcess.start(JarProcess.PRODUCTION, "-conf", fast)) {
                assertThat(jobs.awaitEnd(job).state()).as(third.toString()).isEqualTo(JobStatus.State.COMPLETED);
                assertThat(jobs.run(job, StageName.PROCESSING).attempts()).isEqualTo(1);
            }
        }
    }

    private static JsonObject settings(String preset) {
        JsonObject settings = services.configuration();
        settings.getJsonObject("ffmpeg").put("cacheDirectory", Clips.FFMPEG_CACHE.toString());
        return settings.put("media", new JsonObject().put("preset", preset));
    }

    private static Path file(String name, JsonObject settings) throws IOException {
        return Files.writeString(directory.resolve(name + ".json"), settings.encode());
    }
}
