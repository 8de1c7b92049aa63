package dev.sluice.stage.encode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.MediaConfig;
import dev.sluice.config.MediaConfig.Limits;
import dev.sluice.config.MediaConfig.Rung;
import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.message.VideoMetadata;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OutputSizeEstimatorTest {
    private static final long BASE = 16L << 20;

    /** 1 MB per second, and a margin of 10 %. */
    private final OutputSizeEstimator sizeEstimator = new OutputSizeEstimator(new MediaConfig(
            List.of(new Rung("720p", 720, 7_900_000)),
            new MediaConfig.X264("medium", 23),
            100_000,
            Duration.ofSeconds(2),
            Set.of(MediaConfig.Codec.H264),
            new MediaConfig.Thumbnails(Duration.ofSeconds(15), 320),
            MediaConfig.Streaming.NONE,
            new MediaConfig.Growing(false, Duration.ofHours(1)),
            new MediaConfig.Preview(true, true, false),
            OptionalDouble.empty(),
            new MediaConfig.Published(true, true),
            new Limits(1L << 30, Duration.ofHours(2), 8192L * 4320, 64, 1L << 30)));

    @Test
    void multipliesBitrateCapsByDuration() {
        assertThat(sizeEstimator.estimateBytes(metadata(100))).isEqualTo(BASE + 110_000_000);
        assertThat(sizeEstimator.estimateBytes(Duration.ofSeconds(10))).isEqualTo(BASE + 11_000_000);
    }

    /** One second of the rungs of 4.8 Mbit/s, and of the largest one as a second file and in AV1; audio of 0.128 Mbit/s in each. */
    @Test
    void countsAv1AndStreaming() {
        MediaConfig streaming = FfmpegFixture.withPreset("medium");

        assertThat(new OutputSizeEstimator(streaming).estimateBytes(Duration.ofSeconds(8)))
                .isEqualTo(BASE + (long) (1.1 * (4_800_000 + 3 * 128_000 + 2_628_000)));
        assertThat(new OutputSizeEstimator(FfmpegFixture.withAv1(streaming)).estimateBytes(Duration.ofSeconds(8)))
                .isEqualTo(BASE + (long) (1.1 * (4_800_000 + 3 * 128_000 + 2 * 2_628_000)));
    }

    @Test
    void assumesOneHourWhenDurationIsUnknown() {
        long anHour = BASE + 3_960_000_000L;

        assertThat(sizeEstimator.estimateBytes(Optional.empty())).isEqualTo(anHour);
        assertThat(sizeEstimator.estimateBytes(metadata(0))).isEqualTo(anHour);
        assertThat(sizeEstimator.estimateBytes(metadata(-5))).isEqualTo(anHour);
    }

    @Test
    void limitsStatedDurationToMaximum() {
        long twoHours = BASE + 7_920_000_000L;

        assertThat(sizeEstimator.estimateBytes(metadata(7_200))).isEqualTo(twoHours);
        assertThat(sizeEstimator.estimateBytes(metadata(7_201))).isEqualTo(twoHours);
        assertThat(sizeEstimator.estimateBytes(metadata(1e300))).isEqualTo(twoHours);
    }

    private static Optional<VideoMetadata> metadata(double seconds) {
        return Optional.of(new VideoMetadata(seconds, "", 0, 0, 0, 0, 0, ""));
    }
}
