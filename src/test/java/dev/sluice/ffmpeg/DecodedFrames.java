package dev.sluice.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.ffmpeg.process.InputArguments;
import dev.sluice.ffmpeg.process.Watchdog;
import dev.sluice.media.DecimalSeconds;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Frames of one stream, counted by decoding all of them.
 *
 * @param seconds from the start of the first frame to the end of the last
 */
public record DecodedFrames(long count, double seconds) {
    /** Decodes stream number {@code stream} of {@code file}; blocks. */
    public static DecodedFrames of(Path file, int stream, Path directory) {
        FramecrcParser parser = new FramecrcParser();
        FfmpegRunner.ExitResult result = FfmpegFixture.bare(
                        FfmpegFixture.ffmpeg().ffmpeg(), directory)
                .run(
                        List.of(
                                "-nostdin",
                                "-loglevel",
                                "level+error",
                                "-i",
                                InputArguments.url(file),
                                "-map",
                                "0:" + stream,
                                "-fps_mode",
                                "passthrough",
                                "-enc_time_base",
                                "demux",
                                "-f",
                                "framecrc",
                                "pipe:1"),
                        parser::accept,
                        Watchdog.withDeadline(Duration.ofSeconds(30)),
                        new CancellationToken());
        assertThat(result.exitCode()).isZero();
        return new DecodedFrames(
                parser.stream(0).packets(),
                DecimalSeconds.toSeconds(parser.stream(0).duration()));
    }
}
