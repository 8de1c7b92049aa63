package dev.sluice.ffmpeg.preview;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.MediaConfig;
import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.VariantAttributes;
import dev.sluice.media.Dimensions;
import dev.sluice.media.preview.ImageFile;
import dev.sluice.media.preview.Previews;
import dev.sluice.media.preview.Storyboard;
import dev.sluice.media.rendition.RenditionFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Encodes a clip that is black, then gray, then shows a test pattern, in portrait. */
@Timeout(120)
class PreviewBuilderIT {
    @TempDir
    private static Path directory;

    private static Previews previews = Previews.NONE;

    @TempDir
    private Path other;

    @BeforeAll
    static void encode() {
        Path source = FfmpegFixture.clip(
                directory.resolve("source.mp4"),
                "testsrc2=size=540x960:rate=10:duration=12,drawbox=color=black:t=fill:enable='lt(t,2.95)',"
                        + "drawbox=color=gray:t=fill:enable='between(t,2.95,4.95)'",
                "sine=duration=12");
        previews = FfmpegFixture.encode(source, directory).previews();
    }

    @Test
    void posterIsSuitableFrameInSizeOfLargestRendition() throws IOException {
        ImageFile poster = previews.poster().orElseThrow();

        assertThat(poster.timestamp()).isEqualTo(Duration.ofSeconds(5));
        assertThat(poster.size()).isEqualTo(new Dimensions(540, 960));
        BufferedImage image = ImageIO.read(poster.file().toFile());
        BufferedImage tile = tile(5);
        for (int y = 20; y < 160; y += 20) {
            int inPoster = image.getRGB(270, y * 6);
            int inTile = tile.getRGB(45, y);
            assertThat(Math.abs((inPoster >> 8 & 0xFF) - (inTile >> 8 & 0xFF))).isLessThan(70);
        }
    }

    @Test
    void storyboardHasTileForEachSecond() throws IOException {
        Storyboard storyboard = previews.storyboard().orElseThrow();

        assertThat(storyboard.tile()).isEqualTo(new Dimensions(90, 160));
        assertThat(storyboard.times())
                .containsExactlyElementsOf(
                        IntStream.range(0, 12).mapToObj(Duration::ofSeconds).toList());
        assertThat(storyboard.end()).isEqualTo(Duration.ofSeconds(12));
        assertThat(storyboard.sheets()).extracting(ImageFile::size).containsExactly(new Dimensions(900, 320));
        assertThat(brightness(tile(2))).isLessThan(10);
        assertThat(brightness(tile(4))).isBetween(110, 150);
        assertThat(deviation(tile(4))).isLessThan(10);
        assertThat(deviation(tile(11))).isGreaterThan(30);
    }

    @Test
    void missingFilesHaveNoPreviews() throws IOException {
        PreviewBuilder builder = new PreviewBuilder(FfmpegFixture.ffmpeg(), Duration.ofSeconds(30));
        MediaConfig.Preview all = new MediaConfig.Preview(true, true);
        CancellationToken token = new CancellationToken();

        assertThat(builder.build(request(), all, token)).isEqualTo(Previews.NONE);

        ImageIO.write(tile(5), "jpg", other.resolve("tile-0.jpg").toFile());
        Previews withoutRendition = builder.build(request(), all, token);
        assertThat(withoutRendition.poster()).isEmpty();
        assertThat(withoutRendition.storyboard()).isPresent();

        Files.delete(other.resolve(PreviewCommand.tile(0)));
        Files.writeString(other.resolve("tile-0.jpg"), "not an image");
        assertThat(builder.build(request(), all, token)).isEqualTo(Previews.NONE);

        Files.writeString(other.resolve("tile-0.jpg"), "not an image");
        token.cancel(new JobException(ErrorCode.CANCELLED, "Cancelled."));
        assertThatThrownBy(() -> builder.build(request(), all, token)).isInstanceOf(JobException.class);
    }

    private PreviewBuilder.Request request() {
        return new PreviewBuilder.Request(
                other,
                new Dimensions(540, 960),
                new RenditionFile(
                        "960p",
                        other.resolve("missing.mp4"),
                        540,
                        960,
                        1,
                        Duration.ofSeconds(1),
                        1,
                        new VariantAttributes(0, 0, "avc1.64001f", 25)),
                Duration.ZERO,
                Duration.ofSeconds(1));
    }

    private static BufferedImage tile(int number) throws IOException {
        Storyboard storyboard = previews.storyboard().orElseThrow();
        BufferedImage sheet = ImageIO.read(storyboard.sheets().get(0).file().toFile());
        return sheet.getSubimage(number % 10 * 90, number / 10 * 160, 90, 160);
    }

    private static List<Integer> greens(BufferedImage image) {
        return IntStream.range(0, image.getWidth() * image.getHeight())
                .mapToObj(i -> image.getRGB(i % image.getWidth(), i / image.getWidth()) >> 8 & 0xFF)
                .toList();
    }

    private static int brightness(BufferedImage image) {
        return (int)
                greens(image).stream().mapToInt(Integer::intValue).average().orElse(0);
    }

    private static double deviation(BufferedImage image) {
        int mean = brightness(image);
        return greens(image).stream()
                .mapToInt(green -> Math.abs(green - mean))
                .average()
                .orElse(0);
    }
}
