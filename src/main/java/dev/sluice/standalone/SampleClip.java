package dev.sluice.standalone;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.ffmpeg.process.Watchdog;
import dev.sluice.ffmpeg.sandbox.FileAccess;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Generates test videos. */
public final class SampleClip {
    private static final Duration STALL_TIMEOUT = Duration.ofSeconds(30);
    private static final long MAX_BYTES = 1L << 30;
    private static final double MILLIS = 1000.0;

    private SampleClip() {}

    /**
     * Generates a clip with a moving test pattern and a tone; blocks.
     *
     * @param directory must exist
     * @param name of the file in the directory; an existing file is replaced
     * @param size {@code 1280x720}
     */
    public static Path generate(FfmpegInstallation ffmpeg, Path directory, String name, Duration length, String size) {
        Watchdog watchdog = Watchdog.withStallTimeout(STALL_TIMEOUT);
        FfmpegRunner.ExitResult result = ffmpeg.encodeRunner(FileAccess.writeDirectory(directory), MAX_BYTES)
                .run(arguments(name, length, size), line -> watchdog.reset(), watchdog, new CancellationToken());
        if (result.exitCode() != 0) {
            throw new JobException(ErrorCode.FFMPEG_FAILED, "Generating the clip failed: " + result.lastLine());
        }
        return directory.resolve(name);
    }

    static List<String> arguments(String name, Duration length, String size) {
        String seconds = String.valueOf(length.toMillis() / MILLIS);
        return List.of(("-nostdin -hide_banner -v warning -nostats -progress pipe:1 -y"
                        + " -f lavfi -i testsrc2=size=" + size + ":rate=25:duration=" + seconds
                        + " -f lavfi -i sine=frequency=440:sample_rate=48000:duration=" + seconds
                        + " -c:v libx264 -preset veryfast -pix_fmt yuv420p -c:a aac -movflags +faststart"
                        + " file:" + name)
                .split(" ", -1));
    }
}
