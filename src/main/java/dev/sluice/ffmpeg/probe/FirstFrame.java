package dev.sluice.ffmpeg.probe;

import dev.sluice.common.async.Cancellation;
import dev.sluice.config.MediaConfig.Limits;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** When the first frame of a file of ours is shown, to the tick. */
public final class FirstFrame {
    private FirstFrame() {}

    /** @throws JobFailure OUTPUT_INVALID when the file does not say */
    public static Duration of(
            Path file, FfmpegInstallation ffmpeg, Duration timeout, Limits limits, Cancellation cancellation) {
        Description description = Description.of(file, ffmpeg, limits, timeout, cancellation);
        boolean read = description.outcome().exitCode() == 0;
        return (read ? ProbeReport.of(description.json()).streams() : List.<StreamReport>of())
                .stream()
                        .findFirst()
                        .flatMap(StreamReport::start)
                        .orElseThrow(() -> new JobFailure(ErrorCode.OUTPUT_INVALID, "A segment cannot be read back."));
    }
}
