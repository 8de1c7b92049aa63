package dev.sluice.media;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.config.FfmpegConfig;
import dev.sluice.config.FfmpegConfig.SandboxMode;
import dev.sluice.config.MediaConfig;
import dev.sluice.config.MediaConfig.Limits;
import dev.sluice.config.MediaConfig.Rung;
import dev.sluice.job.Cancellation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The configuration that the tests share, and the FFmpeg they run. */
public final class MediaFixture {
    static final FfmpegConfig FFMPEG_CONFIG =
            config(Path.of("target", "ffmpeg-cache"), Optional.empty(), SandboxMode.AUTO);

    static final Limits LIMITS = new Limits(2L << 30, Duration.ofHours(4), 8192L * 4320, 32, 1L << 30);

    static final MediaConfig MEDIA = withPreset("ultrafast");

    private static final class Located {
        private static final FfmpegInstallation FFMPEG = FfmpegInstallation.locate(FFMPEG_CONFIG);
    }

    private MediaFixture() {}

    static FfmpegConfig config(Path cache, Optional<Path> ffmpeg, SandboxMode sandbox) {
        return new FfmpegConfig(
                ffmpeg,
                Optional.empty(),
                cache,
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                Duration.ofMinutes(10),
                sandbox,
                16L << 30);
    }

    /** In a sandbox where there is one. */
    static FfmpegInstallation ffmpeg() {
        return Located.FFMPEG;
    }

    /** In a sandbox or without one, as told; a test that needs one is skipped where there is none. */
    static FfmpegInstallation ffmpeg(SandboxMode sandbox) {
        assumeTrue(sandbox != SandboxMode.REQUIRED || Bubblewrap.works(), "no bubblewrap that works here");
        return sandbox == SandboxMode.OFF ? ffmpeg().in(Optional.empty()) : ffmpeg();
    }

    /** A program under limits that it does not meet, without a sandbox. */
    static FfmpegRun bare(Path program, Path directory) {
        return new FfmpegRun(new FfmpegProgram(
                program, Reach.writing(directory), new ProcessLimits(16L << 30, 1L << 30), Optional.empty()));
    }

    /** What FFmpeg says of a file; blocks. */
    public static MediaInfo probe(Path file) {
        return new Prober(ffmpeg(), FFMPEG_CONFIG, LIMITS).probe(file, new Cancellation());
    }

    static MediaConfig withPreset(String preset) {
        return new MediaConfig(
                List.of(
                        new Rung("360p", 360, 800_000),
                        new Rung("540p", 540, 1_500_000),
                        new Rung("720p", 720, 2_500_000)),
                preset,
                23,
                128_000,
                Duration.ofSeconds(2),
                Duration.ofSeconds(15),
                320,
                LIMITS);
    }
}
