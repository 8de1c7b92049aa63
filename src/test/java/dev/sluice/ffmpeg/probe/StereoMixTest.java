package dev.sluice.ffmpeg.probe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Stereo mixes of channel layouts that FFmpeg cannot mix. */
class StereoMixTest {
    @ParameterizedTest(name = "{0} channels, layout {1}: {2}")
    @CsvSource({
        "4, ambisonic 1, 0.5*c0+0.5*c1|0.5*c0-0.5*c1, true",
        "9, ambisonic 2, 0.5*c0+0.5*c1|0.5*c0-0.5*c1, true",
        "2, binaural, c0|c1, false",
        "9, '', c0|c1, true",
        "24, '', c0|c1, true",
        "3, 3 channels (FL+FR+LFE), c0|c1, true",
        "3, 3 channels (FC+FL+FR), c1+0.707*c0|c2+0.707*c0, false",
        "1, 1 channels (BL), c0|c0, false",
        "4, 4 channels (DL+DR+USR0+USR1), c0|c1, true",
    })
    void mixesLayout(int channels, String layout, String expressions, boolean omits) {
        StereoMix mix = StereoMix.of(channels, layout).orElseThrow();

        assertThat(mix.expressions()).isEqualTo(expressions);
        assertThat(mix.warning().isPresent()).isEqualTo(omits);
    }

    @ParameterizedTest(name = "{0} channels, layout {1}")
    @CsvSource({"1, mono", "2, stereo", "6, 5.1(side)", "24, 22.2", "8, ''", "1, ''"})
    void leavesKnownLayoutsToFfmpeg(int channels, String layout) {
        assertThat(StereoMix.of(channels, layout)).isEmpty();
    }
}
