package dev.sluice.endtoend;

import static dev.sluice.endtoend.PipelineFixture.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ServicesExtension;
import dev.sluice.broker.ChildProcess;
import dev.sluice.ffmpeg.FfmpegFixture;
import io.vertx.core.json.JsonObject;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Prints after which time a video of ten minutes can be watched that two processes encode, in one piece and in segments, and how
 * long a viewer waits who starts then.
 */
@Tag("long")
@ExtendWith(ServicesExtension.class)
@Timeout(3600)
class WatchWhileEncodingIT {
    private static final int MINUTES = Integer.getInteger("video.minutes", 10);
    private static final int MAX_TASK_SECONDS = Integer.getInteger("video.maxTaskSeconds", 10);
    private static final Duration LIMIT = Duration.ofMinutes(30);
    private static final double NANOS = 1e9;

    @TempDir
    private Path directory;

    private PipelineFixture pipeline;

    @Test
    void printsWhenAVideoCanBeWatched(PipelineFixture fixture) throws Exception {
        pipeline = fixture;
        pipeline.upload("uploads/long.mp4", video());

        double whole = encode("whole", 86_400, new TreeMap<>());
        NavigableMap<Double, Double> growth = new TreeMap<>();
        double segmented = encode("segments", MAX_TASK_SECONDS, growth);

        double watchable = growth.values().iterator().next();
        System.out.printf(
                "video of %d min, seconds from the end of the upload; in one piece: can be watched after %.1f%n",
                MINUTES, whole);
        System.out.printf(
                "in segments of at most %d s of encoding: can be watched after %.1f, whole after %.1f; the playlist grew"
                        + " %d times; a viewer who starts then waits %.1f in all, %.1f at most%n",
                MAX_TASK_SECONDS,
                watchable,
                segmented,
                growth.size(),
                stalls(growth).stream().mapToDouble(Double::doubleValue).sum(),
                stalls(growth).stream().mapToDouble(Double::doubleValue).max().orElse(0));
        System.out.println("times at which the playlist ended at a time of the video: " + growth);
        assertThat(watchable).isLessThan(segmented);
        assertThat(growth.lastKey()).isBetween(60.0 * MINUTES - 2, 60.0 * MINUTES + 2);
    }

    /**
     * Encodes the video with two processes.
     *
     * @param growth receives seconds after the start, by the end of the playlist in the video
     * @return seconds until it was completed
     */
    private double encode(String id, int maxTaskSeconds, Map<Double, Double> growth) throws Exception {
        JsonObject settings = new JsonObject()
                .put("media", new JsonObject().put("streamWhileEncoding", true).put("adaptiveEffort", false))
                .put(
                        "delivery",
                        new JsonObject()
                                .put("maxTaskSeconds", maxTaskSeconds)
                                .put("leaseSeconds", 15)
                                .put("leaseRenewSeconds", 5))
                .put("workspace", new JsonObject().put("mode", "object-store"));
        List<ChildProcess> processes = List.of(pipeline.process(settings), pipeline.process(settings));
        System.out.printf("%s: load %.1f%n", id, load());
        long start = System.nanoTime();
        pipeline.backend().send(job(id, "uploads/long.mp4"));
        Awaitility.await().atMost(LIMIT).pollInterval(Duration.ofMillis(50)).until(() -> {
            record(id, start, growth);
            return pipeline.backend().hasEnded(id);
        });
        double seconds = (pipeline.backend().endNanos(id) - start) / NANOS;
        System.out.printf("%s: load %.1f%n", id, load());
        assertThat(pipeline.backend().completions(id)).isEqualTo(1);
        processes.forEach(ChildProcess::stop);
        return seconds;
    }

    private void record(String id, long start, Map<Double, Double> growth) throws Exception {
        for (JsonObject update : pipeline.backend().updates(id)) {
            JsonObject streams = update.getJsonObject("streams", new JsonObject());
            if ("growing".equals(streams.getString("state"))) {
                Path master = pipeline.bucket().file(streams.getString("hls_key"));
                double end = PlaylistFile.read(master.resolveSibling("video_360p.m3u8"))
                        .seconds();
                growth.putIfAbsent(end, (System.nanoTime() - start) / NANOS);
            }
        }
    }

    /** Seconds of each wait of a viewer who starts when the first segment is available, and reads the playlist all the time. */
    private static List<Double> stalls(Map<Double, Double> growth) {
        List<Double> stalls = new ArrayList<>();
        double played = 0;
        double now = growth.values().iterator().next();
        for (Map.Entry<Double, Double> step : growth.entrySet()) {
            stalls.add(Math.max(0, step.getValue() - now));
            now = Math.max(now, step.getValue()) + step.getKey() - played;
            played = step.getKey();
        }
        return stalls;
    }

    private static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    private Path video() throws Exception {
        Path clip = FfmpegFixture.clip(
                directory.resolve("clip.mp4"),
                "testsrc2=size=1280x720:rate=30000/1001:duration=20",
                "sine=sample_rate=48000:duration=20");
        Path video = directory.resolve("video.mp4");
        FfmpegFixture.output(
                FfmpegFixture.ffmpeg().ffmpeg(),
                List.of(
                        "-nostdin",
                        "-loglevel",
                        "error",
                        "-stream_loop",
                        Integer.toString(3 * MINUTES - 1),
                        "-i",
                        clip.toString(),
                        "-c",
                        "copy",
                        video.toString()),
                directory);
        assertThat(Files.size(video)).isPositive();
        return video;
    }
}
