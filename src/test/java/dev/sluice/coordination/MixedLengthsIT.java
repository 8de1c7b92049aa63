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
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures how long clips of 5 s take while three videos of 10 min are encoded on two hosts with two cores each, which sleep
 * instead of encoding, {@value #FASTER} times as fast as real ones; broker and database are real. Encodes of one host share
 * its cores. Asserts that all jobs are completed; the results are printed.
 */
@Tag("long")
@ExtendWith(VertxExtension.class)
class MixedLengthsIT {
    private static final int FASTER = 20;
    /** At 37 frames per second: 1080p25 with the default ladder and preset. */
    private static final Duration CLIP = Duration.ofMillis(3_400).dividedBy(FASTER);
    /** With a faster preset, or smaller frames: just short enough to be encoded in one piece by default. */
    private static final Duration VIDEO = Duration.ofSeconds(280).dividedBy(FASTER);
    /** As the planner plans it. */
    private static final int SEGMENTS = 9;

    /** Of a segment and of the concatenation, beside the encode. */
    private static final Duration OVERHEAD = Duration.ofMillis(10);

    private static final int CLIPS = 100;
    private static final int VIDEOS = 3;
    /** The clip before which the videos arrive. */
    private static final int CLIPS_BEFORE_VIDEOS = 10;

    private static final Duration INTERVAL = Duration.ofSeconds(8).dividedBy(FASTER);
    private static final long LIMIT_SECONDS = 300;

    @TempDir
    private Path directory;

    @Test
    void completesClipsWhileVideosAreEncoded(Vertx vertx) throws Exception {
        assumeTrue(RabbitNode.installed(), "rabbitmq-server is not installed");
        System.out.printf("%-22s %8s %8s %8s %10s%n", "seconds", "p50", "p95", "longest", "videos");
        measure(vertx, "clips only", 0, 0);
        measure(vertx, "videos in one piece", VIDEOS, 1);
        measure(vertx, "videos in segments", VIDEOS, SEGMENTS);
    }

    private void measure(Vertx vertx, String name, int videos, int segments) throws Exception {
        TestDatabase database = SharedServices.newDatabase();
        TestBroker broker = SharedServices.rabbitMq();
        List<StubWorker> workers = new ArrayList<>();
        for (int n = 0; n < 2; n++) {
            workers.add(host(vertx, segments + "-" + n, broker, database, segments));
        }
        try (BackendProbe backend = new BackendProbe(broker, database)) {
            Future.all(workers.stream().map(StubWorker::up).toList()).await(60, TimeUnit.SECONDS);
            List<Long> sent = new ArrayList<>();
            long videosSent = 0;
            for (int n = 0; n < CLIPS; n++) {
                if (n == CLIPS_BEFORE_VIDEOS && videos > 0) {
                    videosSent = System.nanoTime();
                    backend.produce("video", videos);
                }
                sent.add(System.nanoTime());
                backend.produce("clip" + n, 1);
                LockSupport.parkNanos(INTERVAL.toNanos());
            }
            assertThat(backend.awaitCompleted(CLIPS + videos, LIMIT_SECONDS)).hasSize(CLIPS + videos);
            List<Double> clips = new ArrayList<>();
            for (int n = 0; n < CLIPS; n++) {
                clips.add(seconds(backend.completedAt("clip" + n + "-0") - sent.get(n)));
            }
            double last = 0;
            for (int n = 0; n < videos; n++) {
                last = Math.max(last, seconds(backend.completedAt("video-" + n) - videosSent));
            }
            clips.sort(null);
            System.out.printf(
                    "%-22s %8.1f %8.1f %8.1f %10.1f%n",
                    name, clips.get(CLIPS / 2 - 1), clips.get(CLIPS * 95 / 100 - 1), clips.get(CLIPS - 1), last);
        } finally {
            Future.join(workers.stream().map(StubWorker::down).toList()).await(60, TimeUnit.SECONDS);
            Future.join(workers.stream().map(StubWorker::close).toList()).await(60, TimeUnit.SECONDS);
        }
    }

    /** Of a real host. */
    private static double seconds(long nanos) {
        return nanos / 1e9 * FASTER;
    }

    private StubWorker host(Vertx vertx, String name, TestBroker broker, TestDatabase database, int segments)
            throws Exception {
        SluiceConfig config = SluiceConfig.read(
                StubWorker.settings(broker, database, 2, directory.resolve("work-" + name))
                        // The distance is not scaled.
                        .put("updates", new JsonObject().put("finalDistanceSeconds", 0))
                        .put(
                                "stages",
                                new JsonObject()
                                        .put("processing", new JsonObject().put("concurrency", 1))
                                        .put("segment", new JsonObject().put("concurrency", 1))),
                Map.of());
        Files.createDirectories(config.workspace().directory());
        SharedCores cores = new SharedCores(vertx);
        return Workspace.open(vertx, config.workspace())
                .compose(workspace -> StubWorker.open(
                        vertx,
                        config,
                        "mixed-" + name,
                        workspace,
                        stage -> new MixedStage(
                                new SleepingStage(
                                        stage,
                                        vertx,
                                        config.media(),
                                        segments,
                                        new SleepingStage.Times(OVERHEAD, Duration.ZERO, OVERHEAD)),
                                cores,
                                segments == 1,
                                CLIP,
                                VIDEO)))
                .await(60, TimeUnit.SECONDS);
    }
}
