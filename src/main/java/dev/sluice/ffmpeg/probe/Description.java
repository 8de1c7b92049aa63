package dev.sluice.ffmpeg.probe;

import dev.sluice.common.async.Cancellation;
import dev.sluice.config.MediaConfig.Limits;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.process.FfmpegRun;
import dev.sluice.ffmpeg.process.Watchdog;
import dev.sluice.ffmpeg.sandbox.Reach;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What ffprobe says of a file's container and streams.
 *
 * @param json cut off where it is absurdly long, and then none any more
 */
record Description(FfmpegRun.Outcome outcome, String json) {
    /** Of the JSON, which is a few kilobytes for ordinary files; metadata may hold anything. */
    private static final int MAX_REPORT = 8 << 20;

    /** Asks; blocks. */
    static Description of(
            Path file, FfmpegInstallation ffmpeg, Limits limits, Duration timeout, Cancellation cancellation) {
        StringBuilder json = new StringBuilder();
        FfmpegRun.Outcome outcome = ffmpeg.prober(Reach.looking(file))
                .run(
                        ProbeCommand.describe(file, limits),
                        line -> {
                            if (json.length() < MAX_REPORT) {
                                json.append(line).append('\n');
                            }
                        },
                        Watchdog.deadline(timeout),
                        cancellation);
        return new Description(outcome, json.toString());
    }
}
