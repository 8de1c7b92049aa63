package dev.sluice.endtoend;

import static dev.sluice.endtoend.PipelineFixture.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.ServicesExtension;
import dev.sluice.ServicesExtension.OnRabbitMq;
import dev.sluice.broker.RabbitNode;
import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Many short jobs. Asserts that every job is completed once; the measured times are printed. */
@ExtendWith(ServicesExtension.class)
class ThroughputIT {
    private static final int JOBS = Integer.getInteger("sluice.throughput.jobs", 8);
    private static final int ALONE = Math.max(2, JOBS / 10);
    /** FFmpeg and ffprobe processes for each job. */
    private static final int STARTS = 3;

    private static final double NANOS_TO_MILLIS = 1e-6;

    @TempDir
    private Path directory;

    private PipelineFixture pipeline;
    private BackendSimulator backend;
    private TimedFfmpeg ffmpeg;
    private double cost;

    private void start(PipelineFixture fixture) throws Exception {
        pipeline = fixture;
        backend = pipeline.backend();
        FfmpegInstallation real = FfmpegFixture.ffmpeg();
        ffmpeg = TimedFfmpeg.in(directory, real);
        cost = ffmpeg.cost(real.ffprobe());
        ffmpeg.reset();
        pipeline.upload("uploads/clip.mp4", pipeline.clip(1));
        JsonObject direct = new JsonObject()
                .put("endpoint", pipeline.bucket().store().endpoint().toString());
        JsonObject two = new JsonObject().put("concurrency", 2);
        // The default settings of an installation, except for FFmpeg.
        pipeline.start(new JsonObject()
                .put("ffmpeg", ffmpeg.settings())
                .put("s3", direct)
                .put("delivery", new JsonObject().put("leaseSeconds", 12).put("leaseRenewSeconds", 4))
                .put("updates", new JsonObject().put("outboxPollSeconds", 1).put("progressIntervalSeconds", 1))
                .put(
                        "stages",
                        new JsonObject()
                                .put("download", two)
                                .put("processing", two)
                                .put("upload", two)));
    }

    @Test
    void completesShortJobsOnce(PipelineFixture fixture) throws Exception {
        start(fixture);
        completesAll();
    }

    @Test
    @Tag("long")
    void completesShortJobsOnceOnRabbitMq(@OnRabbitMq PipelineFixture fixture) throws Exception {
        assumeTrue(RabbitNode.installed(), "rabbitmq-server is not installed");
        start(fixture);
        completesAll();
    }

    private void completesAll() throws Exception {
        List<String> jobs = IntStream.range(0, JOBS).mapToObj(n -> "many-" + n).toList();
        long begun = System.nanoTime();
        for (String id : jobs) {
            backend.send(job(id, "uploads/clip.mp4"));
        }
        long ended = jobs.stream().mapToLong(backend::endNanos).max().orElseThrow();
        pipeline.awaitIdle();
        double manyFfmpeg = ffmpeg.millis();
        ffmpeg.reset();
        double alone = alone();
        double aloneFfmpeg = ffmpeg.millis();

        assertThat(jobs).allSatisfy(id -> assertThat(backend.completions(id)).isEqualTo(1));
        assertThat(pipeline.database().value("SELECT count(*) FROM sluice.job WHERE state <> 'completed'"))
                .isEqualTo("0");
        double stages = Double.parseDouble(pipeline.database()
                .value("SELECT extract(epoch FROM sum(finished_at - started_at)) * 1000 FROM sluice.stage_run"
                        + " WHERE job_id LIKE 'many-%'"));
        print(
                "%d concurrent jobs: %.1f s, %.0f ms/job in stages, %.0f of them in FFmpeg, %.0f outside",
                JOBS,
                (ended - begun) * NANOS_TO_MILLIS / 1000,
                stages / JOBS,
                manyFfmpeg / JOBS,
                (stages - manyFfmpeg) / JOBS);
        print(
                "sequential jobs: %.0f ms/job from sending to the last update, %.0f of them in FFmpeg, %.0f outside",
                alone / ALONE, aloneFfmpeg / ALONE, (alone - aloneFfmpeg) / ALONE);
        print("  probe, encode, verify outputs, ms: %s", ffmpeg.millisOfEach(STARTS));
        pipeline.database()
                .query("SELECT stage, round(1000 * extract(epoch FROM avg(finished_at - started_at))) AS ms"
                        + " FROM sluice.stage_run WHERE job_id LIKE 'alone-%' GROUP BY stage ORDER BY stage")
                .forEach(row -> print("  stage, ms: %s", row.values()));
        print("  outside, of these for measuring: %.0f", STARTS * cost);
    }

    /** Duration in milliseconds of jobs that are sent one after another. */
    private double alone() throws Exception {
        double millis = 0;
        for (int n = 0; n < ALONE; n++) {
            long begun = System.nanoTime();
            backend.send(job("alone-" + n, "uploads/clip.mp4"));
            millis += (backend.endNanos("alone-" + n) - begun) * NANOS_TO_MILLIS;
        }
        return millis;
    }

    private static void print(String format, Object... figures) {
        System.out.printf(format + "%n", figures);
    }
}
