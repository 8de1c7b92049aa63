package dev.sluice.standalone.bench;

import dev.sluice.broker.UpdatesListener;
import dev.sluice.common.async.Cancellation;
import dev.sluice.common.async.Progress;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.probe.Prober;
import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.media.MediaInfo;
import dev.sluice.message.Codec;
import dev.sluice.message.Report;
import dev.sluice.message.StagedJob;
import dev.sluice.message.Update;
import dev.sluice.standalone.embedded.Standalone;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/**
 * The ways to the same outputs, ready to be run one after the other.
 *
 * @param uploaded the job whose source lies in the store; each run of the pipeline gets a job like it
 */
public record Contenders(
        Standalone standalone,
        FfmpegInstallation ffmpeg,
        Path file,
        MediaInfo info,
        Path directory,
        StagedJob uploaded) {
    public static Contenders of(Standalone standalone, FfmpegInstallation ffmpeg, Path file) throws IOException {
        Prober prober = new Prober(
                ffmpeg,
                standalone.config().ffmpeg(),
                standalone.config().media().limits());
        MediaInfo info = prober.probe(file.toAbsolutePath(), new Cancellation());
        StagedJob uploaded = standalone
                .sluice()
                .submission()
                .upload(file, "bench", Progress.none())
                .await();
        return new Contenders(standalone, ffmpeg, file, info, Files.createTempDirectory("sluice-bench"), uploaded);
    }

    public Measured run(Way way) throws IOException, InterruptedException {
        return switch (way) {
            case PLAIN ->
                commands(
                        way,
                        List.of(ComparisonCommands.plain(
                                ffmpeg.ffmpeg(), file, info, standalone.config().media(), threads())));
            case OLDER ->
                commands(
                        way,
                        ComparisonCommands.older(
                                ffmpeg.ffmpeg(), file, info, standalone.config().media()));
            case PIPELINE -> pipeline();
        };
    }

    private Measured commands(Way way, List<List<String>> commands) throws IOException, InterruptedException {
        Meter meter = Meter.start();
        for (List<String> command : commands) {
            int exit = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IllegalStateException("FFmpeg ended with " + exit + ": " + String.join(" ", command));
            }
        }
        return meter.ofChildren(way);
    }

    /** Until its end is heard, as whoever sent the job hears it: asking the database again and again would be measured, too. */
    private Measured pipeline() {
        JobId id = new JobId(UUID.randomUUID().toString());
        JsonObject json = uploaded.toJson().put("id", id.value());
        Promise<Report> end = Promise.promise();
        UpdatesListener listener = UpdatesListener.open(
                        standalone.vertx(),
                        standalone.config().rabbitmq(),
                        UpdatesListener.Source.COPIES,
                        update -> hear(update, id, end))
                .await();
        try {
            listener.lost().onFailure(end::tryFail);
            Meter meter = Meter.start();
            Report last = standalone
                    .sluice()
                    .submission()
                    .create(Codec.stagedJob(json, StageName.DOWNLOAD))
                    .compose(job -> end.future())
                    .await();
            Measured measured = meter.ofAll(Way.PIPELINE);
            if (last.status() != Update.Status.COMPLETED) {
                throw new IllegalStateException(
                        "The job failed: " + last.error().orElse("no reason given"));
            }
            return measured;
        } finally {
            listener.close().await();
        }
    }

    private static boolean hear(Buffer update, JobId job, Promise<Report> end) {
        Report report = Codec.report(update);
        if (report.job().equals(job) && report.status() != Update.Status.PROCESSING) {
            end.tryComplete(report);
        }
        return true;
    }

    private int threads() {
        return Runtime.getRuntime().availableProcessors();
    }
}
