package dev.sluice.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.SharedServices;
import dev.sluice.broker.RabbitNode;
import dev.sluice.broker.TestBroker;
import dev.sluice.config.SluiceConfig;
import dev.sluice.persistence.TestDatabase;
import dev.sluice.workspace.Workspace;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes a video of two hours on simulated hosts (their numbers: {@code -Dhosts}) that sleep instead of encoding and are
 * {@code -Dhosts.faster} times as fast as real ones; broker and database are real. Asserts that the job is completed; the
 * results are printed.
 */
@Tag("long")
@ExtendWith(VertxExtension.class)
class SimulatedHostsIT {
    /** A host with two cores encodes 1080p at 0.6 times real time with the default ladder. */
    private static final Duration WORK = Duration.ofMinutes(200);
    /** As many as the planner creates for this duration. */
    private static final int SEGMENTS = 125;
    /** One thread encodes audio 33 times as fast as it is played. */
    private static final Duration AUDIO = Duration.ofHours(2).dividedBy(33);
    /** Download, concatenation and verification of about 3 GB. */
    private static final Duration JOIN = Duration.ofSeconds(60);

    private static final int FASTER = Integer.getInteger("hosts.faster", 100);
    private static final String HOSTS = System.getProperty("hosts", "1,2,4,8,16,32");
    private static final long LIMIT_SECONDS = 600;
    private static final double NANOS = 1e9;

    @TempDir
    private Path directory;

    @Test
    void completeLongVideoTogether(Vertx vertx) throws Exception {
        assumeTrue(RabbitNode.installed(), "rabbitmq-server is not installed");
        System.out.printf("%5s %9s %10s %12s%n", "hosts", "wall s", "efficiency", "watchable s");
        for (String count : HOSTS.split(",", -1)) {
            int hosts = Integer.parseInt(count);
            Result result = encode(vertx, hosts);
            double seconds = result.seconds();
            Duration work = WORK.plus(AUDIO).dividedBy(FASTER);
            System.out.printf(
                    "%5d %9.2f %10.2f %12.2f%n",
                    hosts, seconds, work.toMillis() / 1e3 / hosts / seconds, result.watchable());
        }
    }

    /**
     * Times of a job, seconds.
     *
     * @param watchable from the plan to the commits of the first segment and of the start of the audio, after which playlists
     *     are written
     */
    private record Result(double seconds, double watchable) {}

    private Result encode(Vertx vertx, int hosts) throws Exception {
        TestDatabase database = SharedServices.newDatabase();
        TestBroker broker = SharedServices.rabbitMq();
        List<StubWorker> workers = new ArrayList<>();
        // The first host creates the schema.
        for (int n = 0; n < hosts; n++) {
            workers.add(host(vertx, n, broker, database));
        }
        try (BackendProbe backend = new BackendProbe(broker, database)) {
            Future.all(workers.stream().map(StubWorker::up).toList()).await(60, TimeUnit.SECONDS);
            long begun = System.nanoTime();
            backend.produce("long", 1);
            List<Long> completed = backend.awaitCompleted(1, LIMIT_SECONDS);
            assertThat(completed).hasSize(1);
            assertThat(database.value(
                            "SELECT count(*) FROM sluice.stage_run WHERE state = 'done' AND attempt % 10000 = 1"))
                    .isEqualTo(String.valueOf(SEGMENTS + 5));
            double watchable = Double.parseDouble(database.value(
                    "SELECT extract(epoch FROM greatest(s.finished_at, (a.checkpoint ->> 'at')::timestamptz) - p.finished_at)"
                            + " FROM sluice.stage_run s, sluice.stage_run a, sluice.stage_run p"
                            + " WHERE s.stage = 'segment' AND s.task = 1 AND a.stage = 'segment' AND a.task = 0"
                            + " AND p.stage = 'processing'"));
            return new Result((completed.get(0) - begun) / NANOS, watchable);
        } finally {
            Future.join(workers.stream().map(StubWorker::down).toList()).await(60, TimeUnit.SECONDS);
            Future.join(workers.stream().map(StubWorker::close).toList()).await(60, TimeUnit.SECONDS);
        }
    }

    private StubWorker host(Vertx vertx, int number, TestBroker broker, TestDatabase database) throws Exception {
        SluiceConfig config = SluiceConfig.read(
                StubWorker.settings(broker, database, 2, directory.resolve("work-" + number))
                        .put("stages", stages(number)),
                Map.of());
        Files.createDirectories(config.workspace().directory());
        return Workspace.open(vertx, config.workspace())
                .compose(workspace -> StubWorker.open(
                        vertx,
                        config,
                        "host-" + database.config().uri().hashCode() + "-" + number,
                        workspace,
                        stage -> new SleepingStage(
                                stage,
                                vertx,
                                config.media(),
                                SEGMENTS,
                                new SleepingStage.Times(WORK.dividedBy(SEGMENTS), AUDIO, JOIN).dividedBy(FASTER))))
                .await(60, TimeUnit.SECONDS);
    }

    private static JsonObject stages(int host) {
        JsonObject none = new JsonObject().put("instances", 0);
        JsonObject segments = new JsonObject().put("segment", new JsonObject().put("concurrency", 1));
        return host == 0
                ? segments
                : segments.put("download", none)
                        .put("processing", none)
                        .put("join", none)
                        .put("upload", none);
    }
}
