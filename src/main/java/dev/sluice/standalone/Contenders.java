package dev.sluice.standalone;

import dev.sluice.backend.JobSubmission;
import dev.sluice.backend.JobWatch;
import dev.sluice.job.Cancellation;
import dev.sluice.job.JobId;
import dev.sluice.job.Progress;
import dev.sluice.job.StageName;
import dev.sluice.media.ComparisonCommands;
import dev.sluice.media.FfmpegInstallation;
import dev.sluice.media.MediaInfo;
import dev.sluice.media.Prober;
import dev.sluice.message.Codec;
import dev.sluice.message.StagedJob;
import dev.sluice.store.JobView;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * The ways to the same outputs, ready to be run one after the other.
 *
 * @param uploaded the job whose source lies in the store; each run of the pipeline gets a job like it
 */
record Contenders(
        Standalone standalone,
        FfmpegInstallation ffmpeg,
        Path file,
        MediaInfo info,
        Path directory,
        StagedJob uploaded) {
    /** Often enough for the clock, seldom enough not to be measured itself. */
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);

    static Contenders of(Standalone standalone, FfmpegInstallation ffmpeg, Path file) throws IOException {
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

    Measured run(Way way) throws IOException, InterruptedException {
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

    private Measured pipeline() {
        JobSubmission submission = standalone.sluice().submission();
        JobWatch watch = new JobWatch(standalone.vertx(), standalone.sluice().jobs(), LOOK_EVERY);
        JobId id = new JobId(UUID.randomUUID().toString());
        JsonObject json = uploaded.toJson().put("id", id.value());
        Meter meter = Meter.start();
        JobView ended = submission
                .create(Codec.stagedJob(json, StageName.DOWNLOAD))
                .compose(job -> watch.untilEnded(id, view -> {}))
                .await();
        Measured measured = meter.ofAll(Way.PIPELINE);
        if (ended.state() != JobView.State.COMPLETED) {
            throw new IllegalStateException("The job failed: " + ended.error().orElse("no reason given"));
        }
        return measured;
    }

    private int threads() {
        return Runtime.getRuntime().availableProcessors();
    }
}
