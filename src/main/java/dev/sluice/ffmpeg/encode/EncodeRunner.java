package dev.sluice.ffmpeg.encode;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.FfmpegConfig;
import dev.sluice.config.MediaConfig;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.ffmpeg.process.OutputActivity;
import dev.sluice.ffmpeg.process.ProcessErrorMapper;
import dev.sluice.ffmpeg.process.ProgressParser;
import dev.sluice.ffmpeg.process.Watchdog;
import dev.sluice.ffmpeg.sandbox.FileAccess;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of FFmpeg that makes files, for as long as it gets on. */
public record EncodeRunner(FfmpegInstallation ffmpeg, FfmpegConfig ffmpegConfig, MediaConfig config) {
    private static final Logger LOG = LoggerFactory.getLogger(EncodeRunner.class);

    /**
     * Runs it; blocks.
     *
     * @param parser takes what FFmpeg says of its progress
     * @param gotOn told when there is progress
     */
    public FfmpegRunner.ExitResult run(
            List<String> arguments,
            FileAccess fileAccess,
            ProgressParser parser,
            Runnable onProgress,
            CancellationToken cancellation) {
        return run(arguments, fileAccess, parser, onProgress, Duration.ZERO, cancellation);
    }

    /**
     * Runs it; blocks.
     *
     * @param unseen how long it may work besides before there is anything to see
     */
    public FfmpegRunner.ExitResult run(
            List<String> arguments,
            FileAccess fileAccess,
            ProgressParser parser,
            Runnable onProgress,
            Duration unseen,
            CancellationToken cancellation) {
        Watchdog watchdog = Watchdog.forEncode(
                ffmpegConfig.stallTimeout().plus(unseen),
                ffmpegConfig.maxEncodeDuration(),
                new OutputActivity(fileAccess.directory()));
        return ffmpeg.encodeRunner(fileAccess, config.limits().maxOutputBytes())
                .run(
                        arguments,
                        line -> {
                            if (parser.accept(line)) {
                                watchdog.reset();
                                onProgress.run();
                            }
                        },
                        watchdog,
                        cancellation);
    }

    /** @throws dev.sluice.job.JobException with what FFmpeg failed of, if it did */
    public static void requireSuccess(FfmpegRunner.ExitResult outcome, ProgressParser parser) {
        if (outcome.exitCode() != 0) {
            LOG.atWarn()
                    .addKeyValue("exitCode", outcome.exitCode())
                    .addKeyValue("ffmpeg", outcome.stderr())
                    .log("encode failed");
            throw ProcessErrorMapper.translate(outcome, parser.frames());
        }
    }
}
