package dev.sluice.ffmpeg.preview;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.MediaConfig;
import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.job.Cost;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.VariantAttributes;
import dev.sluice.media.DecimalSeconds;
import dev.sluice.media.Dimensions;
import dev.sluice.media.preview.ClipFile;
import dev.sluice.media.preview.ImageFile;
import dev.sluice.media.preview.Previews;
import dev.sluice.media.preview.Storyboard;
import dev.sluice.media.rendition.RenditionFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
        MediaConfig.Preview all = new MediaConfig.Preview(true, true, true);
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

    /** The luma of the frames is 20 and the number of the frame: 25 a second. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "640x360 | 8    | null                      | 320x180 | 41-57 81-97 141-157 181-197",
                "360x640 | 8    | null                      | 180x320 | 41-57 81-97 141-157 181-197",
                "640x360 | 8    | setpts=PTS+3/TB           | 320x180 | 41-57 81-97 141-157 181-197",
                "640x360 | 8    | select=lt(t\\,1)+gt(t\\,7) | 320x180 | 41-44 44-44 44-44 44-197",
                "160x90  | 1    | null                      | 160x90  | 20-43",
                "160x90  | 1    | trim=end=0.5              | 160x90  | 20-32",
                "160x90  | 0.04 | null                      | 160x90  | 20-20"
            })
    void clipHasShotsOfVideo(String size, double seconds, String filter, String clipSize, String shots)
            throws IOException {
        Path source = counting(size, seconds, filter);
        double start = filter.startsWith("setpts") ? 3 : 0;
        CancellationToken token = new CancellationToken();

        ClipFile clip = clip(FfmpegFixture.ffmpeg(), source, size, start, start + seconds, token)
                .orElseThrow();

        List<Double> luma = luma(clip.file());
        List<String> ranges = List.of(shots.split(" "));
        assertThat(luma).hasSize(ranges.size() > 1 ? 36 : (int) Math.max(1, 12 * seconds));
        int frames = luma.size() / ranges.size();
        for (int i = 0; i < ranges.size(); i++) {
            String[] range = ranges.get(i).split("-");
            assertThat(luma.get(i * frames)).isCloseTo(Double.parseDouble(range[0]), within(1.5));
            assertThat(luma.get(i * frames + frames - 1)).isCloseTo(Double.parseDouble(range[1]), within(1.5));
        }
        assertThat(clip.size()).hasToString(clipSize);
        assertThat(clip.bytes()).isEqualTo(Files.size(clip.file()));
        assertThat(FfmpegFixture.entries(clip.file(), "v", "stream=r_frame_rate,color_space"))
                .containsExactly("bt709,12/1");
        assertThat(FfmpegFixture.entries(clip.file(), "a", "stream=codec_name")).isEmpty();
        String bytes = Files.readString(clip.file(), StandardCharsets.ISO_8859_1);
        assertThat(bytes.indexOf("moov")).isBetween(1, bytes.indexOf("mdat"));
        assertThat(token.cost().total().bytesWritten()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "exit 1",
                "echo '[error] Invalid data' >&2; cp good.mp4 preview.mp4; exit",
                "cp source.mp4 preview.mp4; exit",
                "head -c 2500 good.mp4 > preview.mp4; exit",
                "ln -s good.mp4 preview.mp4; exit"
            })
    void clipThatIsNotAsPlannedIsLeftOut(String commands) throws IOException {
        Path source = counting("640x360", 8, "null");
        CancellationToken token = new CancellationToken();
        Path good = clip(FfmpegFixture.ffmpeg(), source, "640x360", 0, 8, token)
                .orElseThrow()
                .file();
        Files.move(good, other.resolve("good.mp4"));

        assertThat(clip(
                        FfmpegFixture.ffmpegAfter(other, "cp good.mp4 preview.mp4; exit"),
                        source,
                        "640x360",
                        0,
                        8,
                        token))
                .isPresent();
        Files.delete(good);
        assertThat(clip(FfmpegFixture.ffmpegAfter(other, commands), source, "640x360", 0, 8, token))
                .isEmpty();
    }

    @Test
    void nothingIsRunForPreviewsThatAreOff() {
        CancellationToken token = new CancellationToken();

        assertThat(new PreviewBuilder(FfmpegFixture.ffmpeg(), Duration.ofSeconds(30))
                        .build(request(), new MediaConfig.Preview(false, false, false), token))
                .isEqualTo(Previews.NONE);
        assertThat(token.cost().total().withWall(Duration.ZERO)).isEqualTo(Cost.NONE);
        assertThat(previews.poster()).isPresent();
        assertThat(previews.clip()).isEmpty();
        assertThat(directory.resolve(PreviewCommand.CLIP)).doesNotExist();
    }

    private Path counting(String size, double seconds, String filter) {
        return FfmpegFixture.clip(
                other.resolve("source.mp4"),
                "color=size=16x16:rate=25:duration=" + seconds + ",geq=lum=20+N:cb=128:cr=128,scale="
                        + size.replace('x', ':'),
                "sine=duration=8",
                "-vf",
                filter,
                "-fps_mode",
                "passthrough",
                "-colorspace",
                "bt709");
    }

    /** The clip of a rendition, without other previews. */
    private Optional<ClipFile> clip(
            FfmpegInstallation ffmpeg, Path source, String size, double start, double end, CancellationToken token) {
        int by = size.indexOf('x');
        RenditionFile rendition = rendition(
                source,
                Integer.parseInt(size.substring(0, by)),
                Integer.parseInt(size.substring(by + 1)),
                DecimalSeconds.fromSeconds(end - start));
        // The start is that of the first frame, also if the source states an earlier one.
        PreviewBuilder.Request request = new PreviewBuilder.Request(
                other,
                new Dimensions(rendition.width(), rendition.height()),
                rendition,
                rendition,
                Duration.ZERO,
                DecimalSeconds.fromSeconds(end));
        return new PreviewBuilder(ffmpeg, Duration.ofSeconds(30))
                .build(request, new MediaConfig.Preview(false, false, true), token)
                .clip();
    }

    private static RenditionFile rendition(Path file, int width, int height, Duration duration) {
        return new RenditionFile(
                "960p", file, width, height, 1, duration, 1, new VariantAttributes(0, 0, "avc1.64001f", 25));
    }

    private static List<Double> luma(Path clip) {
        return FfmpegFixture.values(clip, "-vf", "signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=-");
    }

    private PreviewBuilder.Request request() {
        RenditionFile missing = rendition(other.resolve("missing.mp4"), 540, 960, Duration.ofSeconds(1));
        return new PreviewBuilder.Request(
                other, new Dimensions(540, 960), missing, missing, Duration.ZERO, Duration.ofSeconds(1));
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
