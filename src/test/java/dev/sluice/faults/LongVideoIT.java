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
 * A film that takes longer than the broker waits for an acknowledgement, in segments that do not, and clips beside it. What is
 * held to is that no channel is lost; the figures are printed for a person to read.
 */
@Tag("long")
@Timeout(1800)
class LongVideoIT {
    private static final String RUN = "long-film";
    private static final Path CLIP = Path.of(System.getProperty("sluice.shared", "../shared"))
            .resolve("bench")
            .resolve("bbb_1080p25_62s.mp4")
            .toAbsolutePath();
    /** Of a minute each. */
    private static final int REPEATED = Integer.getInteger("film.minutes", 10);

    private static final int CLIPS = 20;
    private static final Duration MOST = Duration.ofMinutes(25);
    private static final Pattern TOOK = Pattern.compile("stage=\"segment\".*durationMs=\"(\\d+)\"");

    @Test
    void completesWithoutATimeoutAndLetsClipsPass() throws Exception {
        assumeTrue(RabbitNode.installed(), "rabbitmq-server is not installed");
        assumeTrue(Files.exists(CLIP), "no film at " + CLIP);
        FaultRunConfig config = FaultRunConfig.of(1)
                .withRabbit("consumer_timeout = 60000")
                .withDisk(4096)
                .with(new JsonObject()
                        .put("media", new JsonObject().put("preset", "ultrafast"))
                        .put("delivery", new JsonObject().put("maxTaskSeconds", 30)));

        try (FaultScenario scenario = FaultScenario.set(RUN, config)) {
            scenario.services().bucket().upload(SubmittedJob.FILM_KEY, repeated(scenario.directory()));
            scenario.startWorkers();
            List<Long> idle = clips(scenario, "idle", CLIPS);
            long begun = System.nanoTime();
            scenario.submit(new SubmittedJob("film", true, 1, true));
            List<Long> beside = clips(scenario, "beside", CLIPS);
            boolean early = !scenario.tap().awaitEnded(scenario.fed().size(), Duration.ZERO);
            boolean ended = scenario.tap().awaitEnded(scenario.fed().size(), MOST);
            long took = System.nanoTime() - begun;
            boolean idleAgain = scenario.drain(Duration.ofSeconds(60));
            String log = Files.readString(scenario.worker(0).log());

            System.out.printf(
                    "film of %d min: %.0f s; segments: %d, the longest from claim to commit %.1f s (bound 30 s)%n",
                    REPEATED,
                    took / 1e9,
                    segments(log).size(),
                    segments(log).stream().mapToLong(Long::longValue).max().orElse(0) / 1e3);
            System.out.printf(
                    "clips of 1 s, ms: idle p50 %d p95 %d, beside the film p50 %d p95 %d (the film %s when they had ended)%n",
                    of(idle, 50), of(idle, 95), of(beside, 50), of(beside, 95), early ? "was under way" : "had ended");
            assertThat(ended).as("the film ended").isTrue();
            assertThat(idleAgain).as("all is done").isTrue();
            assertThat(log).as("the broker kept its patience").doesNotContain("PRECONDITION_FAILED");
            assertThat(scenario.stopWorkers()).isEmpty();
            assertThat(InvariantChecker.check(scenario.snapshot())).isEmpty();
            assertThat(segments(log)).hasSizeGreaterThan(1);
        }
    }

    /** One after the other; gives how long each took, milliseconds. */
    private static List<Long> clips(FaultScenario scenario, String name, int count) throws InterruptedException {
        List<Long> took = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            String id = name + "-" + n;
            long begun = System.nanoTime();
            scenario.submit(new SubmittedJob(id, true, 1));
            assertThat(scenario.tap().awaitEnd(id, MOST)).as(id + " ended").isTrue();
            took.add((System.nanoTime() - begun) / 1_000_000);
        }
        Collections.sort(took);
        return took;
    }

    private static List<Long> segments(String log) {
        Matcher matcher = TOOK.matcher(log);
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
        Path film = directory.resolve("film-" + REPEATED + ".mp4");
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
                        film.toString())
                .inheritIO()
                .start();
        assertThat(copy.waitFor()).isZero();
        return film;
    }
}
