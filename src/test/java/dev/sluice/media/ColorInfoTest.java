package dev.sluice.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Interpretation of color tags; an empty value is a tag that is not stated. */
class ColorInfoTest {
    @ParameterizedTest(name = "{0} {1} lines, tags {2} {3} {4}: {5} {6} {7} to {8}")
    @CsvSource({
        "yuv420p, 720, , , , bt709, bt709, bt709, BT709",
        "yuv420p, 719, , , , smpte170m, smpte170m, bt709, BT601_525",
        "yuv420p, 576, , , , bt470bg, bt470bg, bt709, BT601_625",
        "yuv420p, 576, smpte170m, smpte170m, smpte170m, smpte170m, smpte170m, bt709, BT601_525",
        "yuv420p, 480, bt709, , , bt709, smpte170m, bt709, BT709",
        "yuv420p, 1080, smpte170m, , , smpte170m, bt709, bt709, BT709",
        "yuv420p10le, 480, bt2020nc, bt2020, bt2020-10, bt2020nc, bt2020, bt709, BT709",
        "yuv420p10le, 1080, , , smpte2084, bt2020nc, bt2020, smpte2084, BT709",
        "yuv420p10le, 1080, bt709, bt709, arib-std-b67, bt709, bt709, arib-std-b67, BT709",
        "gbrp10le, 480, gbr, bt2020, smpte2084, gbr, bt2020, smpte2084, BT709",
        "rgb24, 240, , , , gbr, bt709, bt709, BT709",
        "yuvj420p, 1080, bt470bg, , , bt470bg, bt709, bt709, BT709",
    })
    void interpretsTags(
            String format,
            int lines,
            String matrix,
            String primaries,
            String transfer,
            String assumedMatrix,
            String assumedPrimaries,
            String assumedTransfer,
            ColorStandard output) {
        ColorInfo color = of(format, lines, matrix, primaries, transfer);

        assertThat(color.matrix()).isEqualTo(assumedMatrix);
        assertThat(color.primaries()).isEqualTo(assumedPrimaries);
        assertThat(color.transfer()).isEqualTo(assumedTransfer);
        assertThat(color.output()).isEqualTo(output);
        assertThat(color.warnings()).isEmpty();
        assertThat(color.fullRange()).isEqualTo(!format.startsWith("yuv420"));
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource({
        "ycgco, , , smpte170m",
        "gbr, , , smpte170m",
        "ictcp, , , smpte170m",
        "ictcp, bt2020, smpte2084, bt2020nc",
        "bt2020c, bt2020, , bt2020nc",
        "chroma-derived-nc, , , smpte170m",
        "smpte170m, smpte428, , smpte170m",
        "smpte170m, , log100, smpte170m",
        "smpte170m, , linear, smpte170m",
    })
    void replacesTagsThatCannotBeConvertedWithOneWarning(
            String matrix, String primaries, String transfer, String assumedMatrix) {
        ColorInfo color = of("yuv420p", 480, matrix, primaries, transfer);

        assertThat(color.matrix()).isEqualTo(assumedMatrix);
        assertThat(color.warnings()).hasSize(1);
    }

    private static ColorInfo of(String format, int lines, String matrix, String primaries, String transfer) {
        return ColorInfo.of(
                new ColorInfo.Tags(
                        Optional.ofNullable(matrix),
                        Optional.ofNullable(primaries),
                        Optional.ofNullable(transfer),
                        Optional.empty()),
                new PixelFormat(format),
                lines);
    }
}
