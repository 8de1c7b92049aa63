package dev.sluice.ffmpeg.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.ffmpeg.DecodedFrames;
import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.media.Dimensions;
import dev.sluice.media.MediaInfo;
import dev.sluice.media.VideoStream;
import dev.sluice.media.rendition.EncodeResult;
import dev.sluice.media.rendition.RenditionFile;
import dev.sluice.media.rendition.ThumbnailFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Real files from many devices and tools, some damaged: each must have the result that the manifest of the corpus states. A build
 * encodes every fifth of the others; {@code CorpusIT} sends all through the pipeline. All with {@code -Dsluice.matrix=complete}.
 */
class CorpusEncodeIT {
    private static final int STEP = "complete".equals(System.getProperty("sluice.matrix")) ? 1 : 5;
    private static final Path CORPUS =
            Path.of(System.getProperty("sluice.shared", "../shared")).resolve("corpus");

    private static final Map<String, ErrorCode> REJECTIONS = Map.ofEntries(
            Map.entry("audio_only.mp4", ErrorCode.NO_VIDEO_STREAM),
            Map.entry("audio_with_cover_art.mp3", ErrorCode.NO_VIDEO_STREAM),
            Map.entry("still_photo.jpg", ErrorCode.STILL_IMAGE),
            Map.entry("still.png", ErrorCode.STILL_IMAGE),
            Map.entry("vvc_unsupported_codec.mp4", ErrorCode.UNSUPPORTED_CODEC),
            Map.entry("vp9_undecodable.webm", ErrorCode.NO_FRAMES),
            Map.entry("cenc_encrypted.mp4", ErrorCode.ENCRYPTED),
            Map.entry("missing_moov.mp4", ErrorCode.UNREADABLE),
            Map.entry("text_named.mp4", ErrorCode.UNREADABLE),
            Map.entry("zero_bytes.mp4", ErrorCode.EMPTY_FILE),
            Map.entry("garbage_64k.mp4", ErrorCode.NOT_A_VIDEO),
            Map.entry("html_renamed.mp4", ErrorCode.NOT_A_VIDEO),
            Map.entry("truncated_moov_last.mp4", ErrorCode.UNREADABLE));

    /** Truncated or corrupt: encoded as far as possible, with a warning. The manifest allows both results for the first two. */
    private static final Set<String> DAMAGED =
            Set.of("truncated_moov_first_60pct.mp4", "corrupted_middle.mp4", "mpeg1_sar64x45.mpg");

    @BeforeAll
    static void requireCorpus() {
        assumeTrue(Files.exists(CORPUS.resolve("manifest.tsv")), "no corpus at " + CORPUS);
    }

    static Stream<Row> completed() throws IOException {
        List<Row> all = rows().filter(row -> Set.of("completed", "either").contains(row.expected()))
                .toList();
        return IntStream.iterate(0, n -> n < all.size(), n -> n + STEP).mapToObj(all::get);
    }

    static Stream<Row> failed() throws IOException {
        return rows().filter(row -> row.expected().equals("failed"));
    }

    private static Stream<Row> rows() throws IOException {
        Path manifest = CORPUS.resolve("manifest.tsv");
        if (!Files.exists(manifest)) {
            return Stream.of(new Row("no corpus", "failed"));
        }
        List<String> lines = Files.readAllLines(manifest);
        return lines.stream().skip(1).map(line -> line.split("\t", -1)).map(f -> new Row(f[0], f[18]));
    }

    record Row(String path, String expected) {
        @Override
        public String toString() {
            return path;
        }
    }

    @ParameterizedTest
    @MethodSource("failed")
    void rejectsInvalidSource(Row row, @TempDir Path directory) {
        assertThatThrownBy(() -> encode(row, directory)).isInstanceOfSatisfying(JobException.class, failure -> {
            assertThat(failure.code()).isEqualTo(REJECTIONS.get(row.path()));
            assertThat(failure.message()).endsWith(".").doesNotContain(CORPUS.toString());
        });
    }

    @ParameterizedTest
    @MethodSource("completed")
    void encodesPlayableOutputs(Row row, @TempDir Path directory) throws IOException {
        Path source = CORPUS.resolve(row.path());
        MediaInfo info = probe(source);
        DecodedFrames decoded = DecodedFrames.of(source, info.video().index(), directory);

        EncodeResult result = encode(row, directory);

        assertThat(result.warnings()).hasSize(DAMAGED.contains(row.path()) ? 1 : 0);
        assertThat(result.renditions()).isNotEmpty();
        for (RenditionFile rendition : result.renditions()) {
            MediaInfo output = probe(rendition.file());
            DecodedFrames frames =
                    DecodedFrames.of(rendition.file(), output.video().index(), directory);
            assertThat(frames.count()).isEqualTo(decoded.count()).isEqualTo(rendition.frames());
            assertThat(frames.seconds()).isCloseTo(decoded.seconds(), within(0.1));
            assertPlayable(info, output, rendition);
            FfmpegFixture.assertOutputFormat(rendition.file(), info.audio().isPresent());
        }
        assertThumbnails(result.thumbnails(), decoded.seconds());
    }

    private static void assertPlayable(MediaInfo source, MediaInfo output, RenditionFile rendition) {
        VideoStream video = output.video();
        assertThat(video.codec()).isEqualTo("h264");
        assertThat(video.sampleAspectRatio()).isEqualTo(1);
        assertThat(video.displayMatrix().rotation()).isZero();
        assertThat(video.hasInterlacedFrames()).isFalse();
        assertThat(video.color().isHdr()).isFalse();
        Dimensions decoded = source.video().displaySize();
        assertThat(video.codedSize()).isEqualTo(new Dimensions(rendition.width(), rendition.height()));
        assertThat(rendition.width()).isEven().isLessThanOrEqualTo(decoded.width());
        assertThat(rendition.height()).isEven().isLessThanOrEqualTo(decoded.height());
        assertThat((double) rendition.width() / rendition.height())
                .isCloseTo((double) decoded.width() / decoded.height(), withinPercentage(1.5));
        assertThat(rendition.bytes()).isEqualTo(output.bytes());
    }

    private static void assertThumbnails(List<ThumbnailFile> thumbnails, double seconds) throws IOException {
        assertThat(thumbnails).hasSize((int) Math.max(1, Math.ceil(seconds / 15)));
        for (ThumbnailFile thumbnail : thumbnails) {
            BufferedImage image = ImageIO.read(thumbnail.file().toFile());
            assertThat(image.getWidth()).isEqualTo(thumbnail.width()).isEqualTo(320);
            assertThat(image.getHeight()).isEqualTo(thumbnail.height());
            assertThat(thumbnail.bytes()).isEqualTo(Files.size(thumbnail.file()));
        }
    }

    private static MediaInfo probe(Path source) {
        return FfmpegFixture.probe(source);
    }

    private static EncodeResult encode(Row row, Path directory) {
        return FfmpegFixture.encode(CORPUS.resolve(row.path()), directory);
    }
}
