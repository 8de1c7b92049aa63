package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.broker.RabbitNode;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A video whose encode takes longer than the broker waits for an acknowledgement, encoded in segments that do not, and clips at
 * the same time. Asserts that no channel is lost; the measured times are printed.
 */
@Tag("long")
@Timeout(1800)
class LongVideoIT {
    private static final String RUN = "long-video";
    private static final Path CLIP = Path.of(System.getProperty("sluice.shared", "../shared"))
            .resolve("bench")
            .resolve("bbb_1080p25_62s.mp4")
            .toAbsolutePath();
    /** Of one minute each. */
    private static final int REPEATED = Integer.getInteger("video.minutes", 10);

    private static final int CLIPS = 20;
    private static final Duration LIMIT = Duration.ofMinutes(25);
    private static final Pattern SEGMENT_DURATION = Pattern.compile("stage=\"segment\".*durationMs=\"(\\d+)\"");

    @Test
    void completesLongVideoWithoutTimeoutAndDoesNotBlockClips() throws Exception {
        assumeTrue(RabbitNode.installed(), "rabbitmq-server is not installed");
        assumeTrue(Files.exists(CLIP), "no video at " + CLIP);
        FaultRunConfig config = FaultRunConfig.of(1)
                .withRabbit("consumer_timeout = 60000")
                .withDisk(4096)
                .with(new JsonObject()
                        .put("media", new JsonObject().put("preset", "ultrafast"))
                        .put("delivery", new JsonObject().put("maxTaskSeconds", 30)));

        try (FaultScenario scenario = FaultScenario.open(RUN, config)) {
            scenario.services().bucket().upload(SubmittedJob.LONG_VIDEO_KEY, repeated(scenario.directory()));
            scenario.startWorkers();
            List<Long> idle = clips(scenario, "idle", CLIPS);
            long begun = System.nanoTime();
            scenario.submit(new SubmittedJob("long", true, 1, true));
            List<Long> concurrent = clips(scenario, "concurrent", CLIPS);
            boolean early = !scenario.recorder().awaitEnded(scenario.submitted().size(), Duration.ZERO);
            boolean ended = scenario.recorder().awaitEnded(scenario.submitted().size(), LIMIT);
            long took = System.nanoTime() - begun;
            boolean idleAgain = scenario.drain(Duration.ofSeconds(60));
            String log = Files.readString(scenario.worker(0).log());

            System.out.printf(
                    "video of %d min: %.0f s; segments: %d, longest from claim to commit %.1f s (limit 30 s)%n",
                    REPEATED,
                    took / 1e9,
                    segments(log).size(),
                    segments(log).stream().mapToLong(Long::longValue).max().orElse(0) / 1e3);
            System.out.printf(
                    "clips of 1 s, ms: idle p50 %d p95 %d, concurrent p50 %d p95 %d (video %s when they had ended)%n",
                    of(idle, 50), of(idle, 95), of(concurrent, 50), of(concurrent, 95), early ? "in progress" : "ended");
            assertThat(ended).as("video ended").isTrue();
            assertThat(idleAgain).as("idle at the end").isTrue();
            assertThat(log).as("no acknowledgement timed out").doesNotContain("PRECONDITION_FAILED");
            assertThat(scenario.stopWorkers()).isEmpty();
            assertThat(InvariantChecker.check(scenario.snapshot())).isEmpty();
            assertThat(segments(log)).hasSizeGreaterThan(1);
        }
    }

    /** Processes clips one after another; returns the sorted durations in milliseconds. */
    private static List<Long> clips(FaultScenario scenario, String name, int count) throws InterruptedException {
        List<Long> took = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            String id = name + "-" + n;
            long begun = System.nanoTime();
            scenario.submit(new SubmittedJob(id, true, 1));
            assertThat(scenario.recorder().awaitEnd(id, LIMIT)).as(id + " ended").isTrue();
            took.add((System.nanoTime() - begun) / 1_000_000);
        }
        Collections.sort(took);
        return took;
    }

    private static List<Long> segments(String log) {
        Matcher matcher = SEGMENT_DURATION.matcher(log);
        List<Long> took = new ArrayList<>();
        while (matcher.find()) {
            took.add(Long.valueOf(matcher.group(1)));
        }
        return took;
    }

    private static long of(List<Long> sorted, int percentile) {
        return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percentile / 100));
    }

    private static Path repeated(Path directory) throws Exception {
        Path video = directory.resolve("video-" + REPEATED + ".mp4");
        Process copy = new ProcessBuilder(
                        new FaultRunClips().ffmpeg().ffmpeg().toString(),
                        "-nostdin",
                        "-v",
                        "error",
                        "-stream_loop",
                        Integer.toString(REPEATED - 1),
                        "-i",
                        CLIP.toString(),
                        "-c",
                        "copy",
                        video.toString())
                .inheritIO()
                .start();
        assertThat(copy.waitFor()).isZero();
        return video;
    }
}
