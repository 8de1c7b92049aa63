package dev.sluice.standalone.bench;

import dev.sluice.broker.UpdateSubscription;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.probe.MediaProber;
import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.media.MediaInfo;
import dev.sluice.message.JobUpdate;
import dev.sluice.message.MessageCodec;
import dev.sluice.message.ReceivedUpdate;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.job.JobCreation;
import dev.sluice.standalone.embedded.StandaloneServer;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/**
 * Runs the variants of a benchmark.
 *
 * @param uploaded the job whose source was uploaded; each run of the pipeline gets a copy with its own ID
 */
public record BenchRunner(
        StandaloneServer standalone,
        FfmpegInstallation ffmpeg,
        Path file,
        MediaInfo info,
        Path directory,
        StagedJob uploaded) {
    public static BenchRunner of(StandaloneServer standalone, FfmpegInstallation ffmpeg, Path file) throws IOException {
        MediaProber prober = new MediaProber(
                ffmpeg,
                standalone.config().ffmpeg(),
                standalone.config().media().limits());
        MediaInfo info = prober.probe(file.toAbsolutePath(), new CancellationToken());
        StagedJob uploaded = standalone
                .sluice()
                .submission()
                .upload(file, "bench", ProgressListener.noop())
                .await();
        return new BenchRunner(standalone, ffmpeg, file, info, Files.createTempDirectory("sluice-bench"), uploaded);
    }

    public Measurement run(BenchVariant variant) throws IOException, InterruptedException {
        return switch (variant) {
            case SINGLE_PASS ->
                commands(
                        variant,
                        List.of(BaselineCommands.singlePass(
                                ffmpeg.ffmpeg(), file, info, standalone.config().media(), threads())));
            case LEGACY ->
                commands(
                        variant,
                        BaselineCommands.perOutput(
                                ffmpeg.ffmpeg(), file, info, standalone.config().media()));
            case PIPELINE -> pipeline();
        };
    }

    private Measurement commands(BenchVariant variant, List<List<String>> commands)
            throws IOException, InterruptedException {
        ResourceMeter meter = ResourceMeter.start();
        for (List<String> command : commands) {
            int exitCode = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            if (exitCode != 0) {
                throw new IllegalStateException(
                        "FFmpeg failed with exit code " + exitCode + ": " + String.join(" ", command));
            }
        }
        return meter.measureChildren(variant);
    }

    /** Until the last update is received. Polling the database would be measured, too. */
    private Measurement pipeline() {
        JobId id = new JobId(UUID.randomUUID().toString());
        JsonObject json = uploaded.toJson().put("id", id.value());
        Promise<ReceivedUpdate> end = Promise.promise();
        UpdateSubscription subscription = UpdateSubscription.open(
                        standalone.vertx(),
                        standalone.config().rabbitmq(),
                        UpdateSubscription.Source.PRIVATE_QUEUE,
                        update -> onUpdate(update, id, end))
                .await();
        try {
            subscription.whenClosed().onFailure(end::tryFail);
            ResourceMeter meter = ResourceMeter.start();
            ReceivedUpdate last = standalone
                    .sluice()
                    .submission()
                    .create(JobCreation.of(MessageCodec.decodeStagedJob(json, StageName.DOWNLOAD)))
                    .compose(job -> end.future())
                    .await();
            Measurement measurement = meter.measureAll(BenchVariant.PIPELINE);
            if (last.status() != JobUpdate.Status.COMPLETED) {
                throw new IllegalStateException(
                        "The job failed: " + last.error().orElse("no error message"));
            }
            return measurement;
        } finally {
            subscription.close().await();
        }
    }

    private static boolean onUpdate(Buffer update, JobId job, Promise<ReceivedUpdate> end) {
        ReceivedUpdate received = MessageCodec.decodeUpdate(update);
        if (received.job().equals(job) && received.status() != JobUpdate.Status.PROCESSING) {
            end.tryComplete(received);
        }
        return true;
    }

    private int threads() {
        return Runtime.getRuntime().availableProcessors();
    }
}
