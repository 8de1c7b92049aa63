package dev.sluice.endtoend;

import static dev.sluice.endtoend.PipelineFixture.get;
import static dev.sluice.endtoend.PipelineFixture.job;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.sluice.ServicesExtension;
import dev.sluice.ServicesExtension.OnRabbitMq;
import dev.sluice.app.Sluice;
import dev.sluice.backend.admin.FleetService;
import dev.sluice.backend.admin.FleetService.Command;
import dev.sluice.backend.job.OperationResult;
import dev.sluice.broker.QueueInspector;
import dev.sluice.broker.Topology;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.worker.RegisteredWorker;
import dev.sluice.persistence.worker.VerticleStatus;
import dev.sluice.persistence.worker.VerticleStatus.State;
import dev.sluice.persistence.worker.WorkerCommand.Action;
import dev.sluice.persistence.worker.WorkerRegistry;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Three workers, observed and controlled through the registry; on RabbitMQ where it is installed. */
@ExtendWith(ServicesExtension.class)
class FleetIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int REDEPLOYMENTS = 20;
    private static final int WORKERS = 3;

    private PipelineFixture pipeline;
    private final List<Sluice> others = new ArrayList<>();
    private Database database;
    private FleetService fleet;

    @BeforeEach
    void start(@OnRabbitMq PipelineFixture fixture) throws Exception {
        pipeline = fixture;
        pipeline.upload("uploads/clip.mp4", pipeline.clip(1));
        pipeline.start(new JsonObject());
        database = get(Database.open(pipeline.vertx(), pipeline.database().config()));
        fleet = new FleetService(pipeline.vertx(), WorkerRegistry.of(database));
    }

    @AfterEach
    void stop() throws TimeoutException {
        for (Sluice other : others) {
            get(other.stop());
        }
        get(database.close());
    }

    @Test
    void losesNoJobWhileVerticlesAreRedeployedPausedAndDrained() throws Exception {
        startOthers();
        List<String> names = workers().stream().map(FleetIT::name).toList();
        Random random = new Random(1);
        List<String> jobs = new ArrayList<>();
        int interruptions = 0;

        for (int n = 0; n < REDEPLOYMENTS; n++) {
            send(jobs);
            String worker = names.get(random.nextInt(WORKERS));
            assertApplied(redeploy(worker, 0, "processing"));
            interruptions +=
                    consumers("video.processing.download") == WORKERS && consumers("video.processing.upload") == WORKERS
                            ? 0
                            : 1;
        }
        assertApplied(get(fleet.send(all -> true, redeployment(0, "processing"))));
        assertThat(get(fleet.pause("processing", "test")).isApplied()).isTrue();
        BackendSimulator.awaitThat(() -> states("processing").stream().allMatch(State.PAUSED::equals));
        BackendSimulator.awaitThat(() -> consumers("video.processing.processing") == 0);
        send(jobs);
        assertThat(get(fleet.resume("processing")).isApplied()).isTrue();
        JsonObject drain = new JsonObject().put("drainSeconds", 20);
        assertApplied(get(fleet.send(
                worker -> name(worker).equals(names.get(0)), new Command(Action.DRAIN, drain, "test", TIMEOUT))));
        send(jobs);

        assertThat(jobs)
                .allSatisfy(job -> assertThat(pipeline.backend().awaitEnd(job).getString("status"))
                        .isEqualTo("completed"))
                .allSatisfy(
                        job -> assertThat(pipeline.backend().completions(job)).isEqualTo(1));
        pipeline.awaitIdle();
        assertThat(pipeline.database()
                        .value("SELECT count(*) FROM sluice.stage_run WHERE state <> 'done' OR counted <> 1"))
                .as("a redeployment counts no attempt")
                .isEqualTo("0");
        assertThat(interruptions).as("download and upload consume all the time").isZero();
        assertThat(worker(names.get(0)).status().draining()).isTrue();
        System.out.printf(
                "%d jobs, %d redeployments of processing, pause, resume and drain: %d interruptions of other stages%n",
                jobs.size(), REDEPLOYMENTS + WORKERS, interruptions);
    }

    @Test
    void pausedStageAppliesToWorkersThatStartLater() throws Exception {
        get(fleet.pause("download", "test"));
        pipeline.backend().send(job("waiting", "uploads/clip.mp4"));

        startOthers();

        BackendSimulator.awaitThat(() -> states("download").equals(List.of(State.PAUSED, State.PAUSED, State.PAUSED)));
        BackendSimulator.awaitThat(() -> consumers("video.processing.download") == 0);
        assertThat(get(fleet.pause("download", "test")).isApplied())
                .as("paused twice")
                .isFalse();
        get(fleet.resume("download"));
        assertThat(pipeline.backend().awaitEnd("waiting").getString("status")).isEqualTo("completed");
    }

    @Test
    void scalesAStageUntilRedeployed() throws Exception {
        Command scale = new Command(
                Action.SCALE,
                new JsonObject()
                        .put("stage", "upload")
                        .put("instances", 2)
                        .put("concurrency", 3)
                        .put("drainSeconds", 0),
                "test",
                TIMEOUT);

        assertApplied(get(fleet.send(worker -> true, scale)));

        assertThat(verticle("upload")).isEqualTo(new VerticleStatus("upload", 2, 3, 0, State.RUNNING));
        BackendSimulator.awaitThat(() -> consumers("video.processing.upload") == 2);
        pipeline.backend().send(job("scaled", "uploads/clip.mp4"));
        assertThat(pipeline.backend().awaitEnd("scaled").getString("status")).isEqualTo("completed");
    }

    @Test
    void rejectsUnknownVerticlesWorkersAndValues() throws Exception {
        assertThat(redeploy(name(workers().get(0)), 0, "processing", "unknown"))
                .singleElement()
                .satisfies(result -> assertThat(result.message())
                        .startsWith("unknown verticle 'unknown'; known verticles: publisher, "));
        assertThat(redeploy("other:1:0000", 0, "processing"))
                .singleElement()
                .satisfies(result -> assertThat(result.message()).isEqualTo("No such worker is running."));
        Command tooMany = new Command(
                Action.SCALE,
                new JsonObject().put("stage", "upload").put("instances", 65).put("drainSeconds", 0),
                "test",
                TIMEOUT);
        assertThat(get(fleet.send(worker -> true, tooMany)))
                .singleElement()
                .satisfies(result -> assertThat(result.message()).isEqualTo("instances must be from 0 to 64, not 65"));
        assertThat(verticle("processing").state()).isEqualTo(State.RUNNING);
    }

    @Test
    void showsWorkersThatDiedAsLostAndForgetsStoppedOnes() throws Exception {
        startOthers();
        assertThat(workers()).hasSize(WORKERS).noneMatch(RegisteredWorker::lost);
        get(others.remove(0).stop());
        assertThat(workers()).hasSize(WORKERS - 1);

        pipeline.database()
                .execute("INSERT INTO sluice.worker (id, host, version, started_at, seen_at, verticles, config_digest,"
                        + " config_loaded_at) VALUES ('dead:1:0000', 'dead', '1', now(), now() - interval '2 min', '[]',"
                        + " '', now())");

        assertThat(worker("dead:1:0000").lost()).isTrue();
        assertThat(redeploy("dead:1:0000", 0, "processing"))
                .as("a lost worker receives no command")
                .noneMatch(OperationResult::isApplied);
    }

    @Test
    void pausesAStageWhoseRunsFailOnOneHostUntilItIsRepaired(@TempDir Path directory) throws Exception {
        Path broken = directory.resolve("broken");
        JsonObject settings = new JsonObject()
                .put("ffmpeg", pipeline.ffmpegAfter(directory, "[ ! -e '" + broken + "' ] || exit 1"))
                .put("delivery", new JsonObject().put("probeAfterSeconds", 2));
        others.add(get(Sluice.start(pipeline.vertx(), pipeline.config(new JsonObject()))));
        Set<String> healthy = workers().stream().map(FleetIT::name).collect(Collectors.toSet());
        others.add(get(Sluice.start(pipeline.vertx(), pipeline.config(settings))));
        String faulty = workers().stream()
                .map(FleetIT::name)
                .filter(name -> !healthy.contains(name))
                .findFirst()
                .orElseThrow();
        Files.createFile(broken);
        List<String> jobs = new ArrayList<>();

        BackendSimulator.awaitThat(() -> {
            if (jobs.isEmpty() || pipeline.backend().hasEnded(jobs.get(jobs.size() - 1))) {
                for (int n = 0; n < 12; n++) {
                    send(jobs);
                }
            }
            return verticle(faulty, "processing").problem().isPresent();
        });
        int failures = failedAttempts();

        assertThat(failures).as("failed attempts before the pause").isBetween(5, 9);
        assertThat(verticle(faulty, "processing").state()).isEqualTo(State.PAUSED);
        assertThat(verticle(faulty, "processing").problem().orElseThrow())
                .startsWith("paused on this worker after ")
                .contains("ffmpeg_failed: FFmpeg failed with exit code 1.");
        assertThat(verticle(faulty, "upload").state()).isEqualTo(State.RUNNING);
        Files.delete(broken);
        while (verticle(faulty, "processing").problem().isPresent()) {
            send(jobs);
            pipeline.backend().awaitEnd(jobs.get(jobs.size() - 1));
        }
        assertThat(jobs)
                .allSatisfy(job -> assertThat(pipeline.backend().awaitEnd(job).getString("status"))
                        .isEqualTo("completed"));
        assertThat(workers())
                .as("no other worker paused itself")
                .allSatisfy(worker -> assertThat(worker.status().verticles())
                        .allMatch(verticle -> verticle.state() == State.RUNNING));
        System.out.printf("%d jobs completed; %d failed attempts before the pause%n", jobs.size(), failures);
    }

    @Test
    void resumesAPausedStageThatNoOtherWorkerRuns(@TempDir Path directory) throws Exception {
        Path broken = directory.resolve("broken");
        JsonObject settings = new JsonObject()
                .put("ffmpeg", pipeline.ffmpegAfter(directory, "[ ! -e '" + broken + "' ] || exit 1"))
                .put("delivery", new JsonObject().put("pauseAfterFailures", 1).put("probeAfterSeconds", 3600));
        String healthy = name(workers().get(0));
        others.add(get(Sluice.start(pipeline.vertx(), pipeline.config(settings))));
        String faulty = workers().stream()
                .map(FleetIT::name)
                .filter(name -> !name.equals(healthy))
                .findFirst()
                .orElseThrow();
        Files.createFile(broken);
        List<String> jobs = new ArrayList<>();
        while (verticle(faulty, "processing").problem().isEmpty()) {
            send(jobs);
            send(jobs);
            pipeline.backend().awaitEnd(jobs.get(jobs.size() - 1));
        }
        Files.delete(broken);

        get(pipeline.sluice().undeploy("processing"));
        send(jobs);

        assertThat(jobs)
                .allSatisfy(job -> assertThat(pipeline.backend().awaitEnd(job).getString("status"))
                        .isEqualTo("completed"));
        assertThat(verticle(faulty, "processing").state()).isEqualTo(State.RUNNING);
        assertThat(verticle(faulty, "processing").problem()).isEmpty();
    }

    @Test
    void installationsWithDifferentPrefixesShareABroker() throws Exception {
        JsonObject settings = new JsonObject().put("rabbitmq", new JsonObject().put("prefix", "site-b."));
        try (PipelineFixture other = PipelineFixture.on(pipeline.broker());
                Connection connection = pipeline.broker().connect()) {
            other.backend().stopListening();
            other.upload("uploads/clip.mp4", other.clip(1));
            other.start(settings);
            Channel channel = connection.createChannel();
            BackendSimulator.awaitThat(() -> consumers("site-b.video.processing.upload") == 1);
            byte[] sent = job("of-b", "uploads/clip.mp4").toBuffer().getBytes();
            AMQP.BasicProperties persistent =
                    new AMQP.BasicProperties.Builder().deliveryMode(2).build();

            channel.basicPublish("site-b.video.processing", "download", persistent, sent);
            pipeline.backend().send(job("of-a", "uploads/clip.mp4"));
            channel.basicPublish("", "site-b.video.processing.download", persistent, "undecodable".getBytes(UTF_8));

            assertThat(pipeline.backend().awaitEnd("of-a").getString("status")).isEqualTo("completed");
            BackendSimulator.awaitThat(() -> jobs(other, "completed").equals("of-b"));
            assertThat(jobs(pipeline, "completed")).isEqualTo("of-a");
            assertThat(pipeline.backend().updates("of-b")).isEmpty();
            BackendSimulator.awaitThat(() -> channel.messageCount("site-b.video.processing.dead") == 1);
            assertThat(pipeline.backend().messages(BackendSimulator.DEAD)).isZero();
            assertThat(channel.messageCount("site-b.video.processing.updates")).isPositive();
            assertThat(get(new QueueInspector(
                                    pipeline.vertx(), other.config(settings).rabbitmq())
                            .messageCounts(List.of(Topology.DEAD_LETTER_QUEUE))))
                    .containsExactly(Map.entry(Topology.DEAD_LETTER_QUEUE, 1L));
        }
    }

    private static String jobs(PipelineFixture installation, String state) {
        return installation
                .database()
                .value("SELECT coalesce(string_agg(id, ' '), '') FROM sluice.job WHERE state = '" + state + "'");
    }

    private int failedAttempts() {
        return Integer.parseInt(pipeline.database()
                .value("SELECT coalesce(sum(jsonb_array_length(history)), 0) FROM sluice.stage_run"));
    }

    private VerticleStatus verticle(String worker, String name) throws TimeoutException {
        return worker(worker).status().verticles().stream()
                .filter(verticle -> verticle.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private void startOthers() throws Exception {
        for (int n = 1; n < WORKERS; n++) {
            others.add(get(Sluice.start(pipeline.vertx(), pipeline.config(new JsonObject()))));
        }
        BackendSimulator.awaitThat(() -> workers().size() == WORKERS);
    }

    private void send(List<String> jobs) throws Exception {
        String id = "job-" + jobs.size();
        pipeline.backend().send(job(id, "uploads/clip.mp4"));
        jobs.add(id);
    }

    private List<OperationResult> redeploy(String worker, int drainSeconds, String... verticles) throws Exception {
        return get(fleet.send(candidate -> name(candidate).equals(worker), redeployment(drainSeconds, verticles)));
    }

    private static Command redeployment(int drainSeconds, String... verticles) {
        return new Command(
                Action.REDEPLOY,
                new JsonObject()
                        .put("verticles", new JsonArray(List.of(verticles)))
                        .put("drainSeconds", drainSeconds),
                "test",
                TIMEOUT);
    }

    private static void assertApplied(List<OperationResult> results) {
        assertThat(results).isNotEmpty().allMatch(OperationResult::isApplied);
    }

    private List<RegisteredWorker> workers() throws TimeoutException {
        return get(fleet.workers());
    }

    private RegisteredWorker worker(String name) throws TimeoutException {
        return workers().stream()
                .filter(worker -> name(worker).equals(name))
                .findFirst()
                .orElseThrow();
    }

    private List<State> states(String verticle) throws TimeoutException {
        return workers().stream()
                .flatMap(worker -> worker.status().verticles().stream())
                .filter(status -> status.name().equals(verticle))
                .map(VerticleStatus::state)
                .toList();
    }

    private VerticleStatus verticle(String name) throws TimeoutException {
        return workers().get(0).status().verticles().stream()
                .filter(verticle -> verticle.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static String name(RegisteredWorker worker) {
        return worker.status().worker();
    }

    private int consumers(String queue) throws Exception {
        try (Connection own = pipeline.broker().connect()) {
            return (int) own.createChannel().consumerCount(queue);
        } catch (IOException notDeclared) {
            return 0;
        }
    }
}
