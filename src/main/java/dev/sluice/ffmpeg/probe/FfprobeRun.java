package dev.sluice.ffmpeg.probe;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.MediaConfig.Limits;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.ffmpeg.process.Watchdog;
import dev.sluice.ffmpeg.sandbox.FileAccess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Output of ffprobe for a file's container and streams.
 *
 * @param json truncated at the size limit, and then invalid
 */
record FfprobeRun(FfmpegRunner.ExitResult result, String json) {
    /** The JSON of ordinary files has a few kilobytes, but metadata can be of any size. */
    private static final int MAX_JSON_LENGTH = 8 << 20;

    /** Runs ffprobe; blocks. */
    static FfprobeRun run(
            Path file, FfmpegInstallation ffmpeg, Limits limits, Duration timeout, CancellationToken cancellation) {
        return run(file, ffmpeg, FfprobeCommand.describe(file, limits), timeout, cancellation);
    }

    /** Runs ffprobe with a command that describes {@code file}; blocks. */
    static FfprobeRun run(
            Path file,
            FfmpegInstallation ffmpeg,
            List<String> command,
            Duration timeout,
            CancellationToken cancellation) {
        StringBuilder json = new StringBuilder();
        FfmpegRunner.ExitResult result = ffmpeg.probeRunner(FileAccess.readFile(file))
                .run(
                        command,
                        line -> {
                            if (json.length() < MAX_JSON_LENGTH) {
                                json.append(line).append('\n');
                            }
                        },
                        Watchdog.withDeadline(timeout),
                        cancellation);
        return new FfprobeRun(result, json.toString());
    }
}
