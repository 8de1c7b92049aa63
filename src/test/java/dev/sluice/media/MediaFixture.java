package dev.sluice.media;

import dev.sluice.config.FfmpegConfig;
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
    static final FfmpegConfig FFMPEG_CONFIG = new FfmpegConfig(
            Optional.empty(),
            Optional.empty(),
            Path.of("target", "ffmpeg-cache"),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30));

    static final Limits LIMITS = new Limits(2L << 30, Duration.ofHours(4), 8192L * 4320, 32);

    static final MediaConfig MEDIA = withPreset("ultrafast");

    private static final class Located {
        private static final FfmpegInstallation FFMPEG = FfmpegInstallation.locate(FFMPEG_CONFIG);
    }

    private MediaFixture() {}

    static FfmpegInstallation ffmpeg() {
        return Located.FFMPEG;
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
