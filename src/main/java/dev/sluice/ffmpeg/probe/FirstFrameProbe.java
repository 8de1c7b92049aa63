package dev.sluice.ffmpeg.probe;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.MediaConfig.Limits;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Reads the timestamp of the first frame of an encoded segment. */
public final class FirstFrameProbe {
    private FirstFrameProbe() {}

    /**
     * Runs ffprobe; blocks.
     *
     * @throws JobException OUTPUT_INVALID if the file does not state it
     */
    public static Duration probe(
            Path file, FfmpegInstallation ffmpeg, Duration timeout, Limits limits, CancellationToken cancellation) {
        FfprobeRun run = FfprobeRun.run(file, ffmpeg, limits, timeout, cancellation);
        return (run.result().exitCode() == 0 ? FfprobeOutput.of(run.json()).streams() : List.<FfprobeStream>of())
                .stream()
                        .findFirst()
                        .flatMap(FfprobeStream::start)
                        .orElseThrow(
                                () -> new JobException(ErrorCode.OUTPUT_INVALID, "An encoded segment cannot be read."));
    }
}
