package dev.sluice.ffmpeg.probe;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.MediaConfig.Limits;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** When the first frame of a file of ours is shown, to the tick. */
public final class FirstFrameProbe {
    private FirstFrameProbe() {}

    /** @throws JobException OUTPUT_INVALID when the file does not say */
    public static Duration probe(
            Path file, FfmpegInstallation ffmpeg, Duration timeout, Limits limits, CancellationToken cancellation) {
        FfprobeRun description = FfprobeRun.run(file, ffmpeg, limits, timeout, cancellation);
        boolean read = description.outcome().exitCode() == 0;
        return (read ? FfprobeOutput.of(description.json()).streams() : List.<FfprobeStream>of())
                .stream()
                        .findFirst()
                        .flatMap(FfprobeStream::start)
                        .orElseThrow(
                                () -> new JobException(ErrorCode.OUTPUT_INVALID, "A segment cannot be read back."));
    }
}
