package dev.sluice.ffmpeg.probe;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.MediaConfig.Limits;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.ffmpeg.process.Watchdog;
import dev.sluice.ffmpeg.sandbox.FileAccess;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What ffprobe says of a file's container and streams.
 *
 * @param json cut off where it is absurdly long, and then none any more
 */
record FfprobeRun(FfmpegRunner.ExitResult outcome, String json) {
    /** Of the JSON, which is a few kilobytes for ordinary files; metadata may hold anything. */
    private static final int MAX_REPORT = 8 << 20;

    /** Asks; blocks. */
    static FfprobeRun run(
            Path file, FfmpegInstallation ffmpeg, Limits limits, Duration timeout, CancellationToken cancellation) {
        StringBuilder json = new StringBuilder();
        FfmpegRunner.ExitResult outcome = ffmpeg.probeRunner(FileAccess.readFile(file))
                .run(
                        FfprobeCommand.describe(file, limits),
                        line -> {
                            if (json.length() < MAX_REPORT) {
                                json.append(line).append('\n');
                            }
                        },
                        Watchdog.withDeadline(timeout),
                        cancellation);
        return new FfprobeRun(outcome, json.toString());
    }
}
