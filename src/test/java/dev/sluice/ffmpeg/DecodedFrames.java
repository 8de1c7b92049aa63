package dev.sluice.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.ffmpeg.encode.FramecrcParser;
import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.ffmpeg.process.InputArguments;
import dev.sluice.ffmpeg.process.Watchdog;
import dev.sluice.media.DecimalSeconds;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The frames of one stream, counted by decoding them all.
 *
 * @param seconds from the first frame's start to the last one's end
 */
public record DecodedFrames(long count, double seconds) {
    /** Decodes stream number {@code stream} of {@code file}; blocks. */
    public static DecodedFrames of(Path file, int stream, Path directory) {
        FramecrcParser parser = new FramecrcParser();
        FfmpegRunner.ExitResult outcome = FfmpegFixture.bare(
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
        assertThat(outcome.exitCode()).isZero();
        return new DecodedFrames(
                parser.stream(0).packets(),
                DecimalSeconds.toSeconds(parser.stream(0).duration()));
    }
}
