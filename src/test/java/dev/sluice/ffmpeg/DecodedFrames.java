package dev.sluice.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.async.Cancellation;
import dev.sluice.ffmpeg.encode.PacketReport;
import dev.sluice.ffmpeg.process.FfmpegRun;
import dev.sluice.ffmpeg.process.SourceArguments;
import dev.sluice.ffmpeg.process.Watchdog;
import dev.sluice.media.Seconds;
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
        PacketReport report = new PacketReport();
        FfmpegRun.Outcome outcome = MediaFixture.bare(MediaFixture.ffmpeg().ffmpeg(), directory)
                .run(
                        List.of(
                                "-nostdin",
                                "-loglevel",
                                "level+error",
                                "-i",
                                SourceArguments.url(file),
                                "-map",
                                "0:" + stream,
                                "-fps_mode",
                                "passthrough",
                                "-enc_time_base",
                                "demux",
                                "-f",
                                "framecrc",
                                "pipe:1"),
                        report::add,
                        Watchdog.deadline(Duration.ofSeconds(30)),
                        new Cancellation());
        assertThat(outcome.exitCode()).isZero();
        return new DecodedFrames(
                report.stream(0).packets(), Seconds.in(report.stream(0).length()));
    }
}
