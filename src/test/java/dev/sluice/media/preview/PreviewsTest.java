package dev.sluice.media.preview;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.media.Dimensions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreviewsTest {
    private static final FrameStatistics GOOD = new FrameStatistics(105, 0.89, 4.6);
    private static final FrameStatistics FADED = new FrameStatistics(11, 0.48, 4);
    private static final FrameStatistics BLURRED = new FrameStatistics(99, 0.88, 9.2);
    private static final FrameStatistics LOGO = new FrameStatistics(90, 0.04, 4);
    private static final FrameStatistics BLACK = new FrameStatistics(0, 0, Double.NaN);
    private static final FrameStatistics SHORT_TEXT = new FrameStatistics(0, 0.09, 4);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "0, 1",
        "5, 1",
        "240, 1",
        "250, 1",
        "251, 2",
        "600, 5",
        "2400, 10",
        "3600, 15",
        "7200, 30",
        "14400, 60",
        "43200, 180",
        "45000, 180",
        "45001, 240",
        "864000, 3480"
    })
    void intervalLimitsNumberOfTiles(long length, long interval) {
        assertThat(TileFiles.interval(Duration.ofSeconds(length))).isEqualTo(Duration.ofSeconds(interval));
    }

    @ParameterizedTest
    @CsvSource({"1920, 1080, 160x90", "1080, 1920, 90x160", "64, 45, 64x46", "4000, 10, 160x2"})
    void longerSideOfTileIsLimited(int width, int height, String tile) {
        assertThat(TileFiles.size(new Dimensions(width, height))).hasToString(tile);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1280 | 720  | 60000    | 320x180 | 9  | PT7S PT19S PT37S PT49S",
                "360  | 640  | 43200000 | 180x320 | 9  | PT1H12M1S PT3H36M1S PT7H12M1S PT9H36M1S",
                "300  | 20   | 3750     | 300x20  | 9  | PT1.375S PT2.125S PT3.25S PT4S",
                "640  | 360  | 3749     | 320x180 | 36 | PT1S",
                "640  | 360  | 1000     | 320x180 | 12 | PT1S",
                "4000 | 10   | 0        | 320x2   | 1  | PT1S"
            })
    void clipHasFourShotsOrStartOfShortVideo(
            int width, int height, long millis, String size, int frames, String starts) {
        ClipPlan plan = ClipPlan.of(new Dimensions(width, height), Duration.ofSeconds(1), Duration.ofMillis(millis));

        assertThat(plan.size()).hasToString(size);
        assertThat(plan.shotFrames()).isEqualTo(frames);
        assertThat(plan.starts()).extracting(Duration::toString).containsExactly(starts.split(" "));
    }

    @Test
    void selectsFirstTileOfEachIntervalFromAllSegments() {
        List<String> names = List.of(
                "tile-10085.jpg", "tile-85.jpg", "360p.mp4", "tile-6085.jpg", "tile-5085.jpg", "thumbnail-0.jpg");

        assertThat(TileFiles.firstPerInterval(names, Duration.ofMillis(85), Duration.ofSeconds(5)))
                .containsExactly("tile-85.jpg", "tile-5085.jpg", "tile-10085.jpg");
    }

    @Test
    void indexHasCueForEachTile() {
        List<Duration> times = IntStream.range(0, 102)
                .mapToObj(second -> Duration.ofMillis(85 + 60_000L * second))
                .toList();

        String vtt = new Storyboard(new Dimensions(160, 90), times, Duration.ofMinutes(102), List.of())
                .webVtt(List.of("a.jpg", "b.jpg"));

        assertThat(vtt)
                .startsWith("WEBVTT\n\n00:00:00.000 --> 00:01:00.085\na.jpg#xywh=0,0,160,90\n")
                .contains("\n00:11:00.085 --> 00:12:00.085\na.jpg#xywh=160,90,160,90\n")
                .endsWith("\n01:41:00.085 --> 01:42:00.000\nb.jpg#xywh=160,0,160,90\n");
        assertThat(Storyboard.sheets(102)).isEqualTo(2);
        assertThat(Storyboard.sheetSize(new Dimensions(160, 90), 12)).hasToString("1600x180");
    }

    @Test
    void posterIsFirstSuitableFrameFromATenthOn() {
        assertThat(poster(GOOD, GOOD, BLACK, FADED, LOGO, BLURRED, GOOD, GOOD)).isEqualTo(1);
        assertThat(poster(GOOD, BLACK, BLACK, FADED, LOGO, BLURRED, GOOD, GOOD)).isEqualTo(6);
        assertThat(poster(GOOD, BLACK, FADED, LOGO)).isZero();
        assertThat(poster(BLACK, FADED, BLURRED, LOGO)).isEqualTo(2);
        assertThat(poster(BLACK, SHORT_TEXT, BLACK)).isEqualTo(1);
        assertThat(poster(BLACK)).isZero();
        assertThat(FrameStatistics.poster(List.of(Duration.ZERO), List.of(), Duration.ofSeconds(1)))
                .isZero();
    }

    /** One frame a second. */
    private static int poster(FrameStatistics... frames) {
        return FrameStatistics.poster(
                IntStream.range(0, frames.length).mapToObj(Duration::ofSeconds).toList(),
                List.of(frames),
                Duration.ofSeconds(frames.length));
    }

    @Test
    void acceptsCompleteJpegFileOfExpectedSizeOnly() throws IOException {
        String frame = "FFC0000B08005A00A001011100";
        List<String> broken = new ArrayList<>(List.of("FFD8" + frame, "FFD8FFFE0004AABB", "8950" + frame + "FFD9", ""));

        assertThat(image("FFD8FFE00004AABB" + frame + "FFD9").bytes()).isEqualTo(23);
        broken.forEach(hex -> assertThatThrownBy(() -> image(hex)).isInstanceOf(IOException.class));
        assertThatThrownBy(() -> image("FFD8" + frame.replace("00A0", "00A2") + "FFD9"))
                .hasMessageContaining("162x90 instead of 160x90");
    }

    private ImageFile image(String hex) throws IOException {
        Path file = Files.write(directory.resolve("image.jpg"), HexFormat.of().parseHex(hex));
        return ImageFile.of(file, new Dimensions(160, 90), Duration.ZERO);
    }
}
