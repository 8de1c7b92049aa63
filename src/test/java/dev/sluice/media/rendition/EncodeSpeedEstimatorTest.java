package dev.sluice.media.rendition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.MediaConfig;
import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.ffmpeg.TestSources;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EncodeSpeedEstimatorTest {
    private static final SpeedClass FULL_HD = new SpeedClass("medium", "h264", 21, 30);
    private static final SpeedClass ULTRA_HD = new SpeedClass("medium", "hevc", 23, 60);
    private static final SpeedClass FAST = new SpeedClass("ultrafast", "h264", 21, 30);

    private final Map<SpeedClass, Double> measured = new HashMap<>();
    private final EncodeSpeedEstimator estimator = new EncodeSpeedEstimator(measured::put);

    /** 100 frames of a million pixels with two threads: at a million pixels per second and thread, 50 s. */
    private static EncodeWork work(SpeedClass speedClass) {
        return new EncodeWork(speedClass, 100, 1e6, 2);
    }

    private double seconds(SpeedClass speedClass) {
        return estimator.estimate(work(speedClass)).toMillis() / 1e3;
    }

    @Test
    void guessesByPresetBeforeFirstMeasurement() {
        assertThat(estimator.isGuessing()).isTrue();
        assertThat(seconds(FULL_HD)).isEqualTo(2.5);
        assertThat(seconds(FAST)).isBetween(0.8, 0.9);
    }

    @Test
    void averagesMeasurementsOfClass() {
        estimator.record(work(FULL_HD), Duration.ofSeconds(50));
        assertThat(seconds(FULL_HD)).isEqualTo(50);

        estimator.record(work(FULL_HD), Duration.ofSeconds(25));
        assertThat(seconds(FULL_HD)).isBetween(38.4, 38.5);
        assertThat(measured).containsExactly(Map.entry(FULL_HD, 2e6));
    }

    @Test
    void takesSpeedOfMostSimilarClass() {
        estimator.addKnown(Map.of(SpeedClass.generated(1280 * 720), 4e6));
        assertThat(seconds(FULL_HD)).isEqualTo(12.5);

        estimator.addKnown(Map.of(FAST, 2.9e6));
        assertThat(seconds(FULL_HD)).as("by the factor of the preset").isEqualTo(50);

        estimator.addKnown(Map.of(ULTRA_HD, 2e6));
        assertThat(seconds(FULL_HD)).as("of the same preset").isEqualTo(25);
        assertThat(seconds(FAST)).as("of its own class").isBetween(17.2, 17.3);
    }

    /** A pixel in AV1 takes as long as 2.9 of x264's fastest preset. */
    @Test
    void countsAv1InPixelsOfThePreset() {
        MediaConfig media = FfmpegFixture.withPreset("ultrafast");
        double h264 = EncodeWork.of(TestSources.FULL_HD, media, 1).pixelsPerFrame();

        assertThat(EncodeWork.of(TestSources.FULL_HD, FfmpegFixture.withAv1(media), 1)
                        .pixelsPerFrame())
                .isEqualTo(h264 + 2.9 * 1280 * 720);
    }

    @Test
    void keepsOwnMeasurement() {
        estimator.record(work(FULL_HD), Duration.ofSeconds(50));
        estimator.addKnown(Map.of(FULL_HD, 5e6));

        assertThat(seconds(FULL_HD)).isEqualTo(50);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, 1, 1e300, Double.NaN, Double.POSITIVE_INFINITY})
    void ignoresImplausibleSpeed(double speed) {
        estimator.addKnown(Map.of(FULL_HD, speed));
        estimator.record(FULL_HD, speed);

        assertThat(estimator.isGuessing()).isTrue();
        assertThat(measured).isEmpty();
    }

    @Test
    void ignoresShortEncode() {
        estimator.record(work(FULL_HD), Duration.ofMillis(1999));

        assertThat(estimator.isGuessing()).isTrue();
    }
}
