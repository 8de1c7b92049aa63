package dev.sluice.ffmpeg.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.config.MediaConfig;
import dev.sluice.config.MediaConfig.Limits;
import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.ffmpeg.probe.MediaProber;
import dev.sluice.ffmpeg.process.InputArguments;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.media.Dimensions;
import dev.sluice.media.MediaInfo;
import dev.sluice.media.ProbedSource;
import dev.sluice.media.rendition.EncodeResult;
import dev.sluice.media.rendition.Rendition;
import dev.sluice.media.rendition.RenditionFile;
import dev.sluice.media.rendition.ThumbnailFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Probes and encodes clips from FFmpeg's test sources. */
@Timeout(120)
class RenditionEncoderIT {
    @TempDir
    private Path directory;

    @Test
    void encodesLadderWithThumbnailsAndAudio() {
        Path source =
                clip("testsrc2=size=1280x736:rate=25:duration=31", "sine=duration=31", "-metadata", "location=+47+8/");

        EncodeResult result = encode(source, ProgressListener.noop());

        assertThat(result.renditions())
                .extracting(file -> file.quality() + " " + file.width() + "x" + file.height() + " " + file.frames())
                .containsExactly("360p 626x360 775", "540p 940x540 775", "720p 1252x720 775");
        assertThat(result.renditions()).extracting(RenditionFile::duration).containsOnly(Duration.ofSeconds(31));
        assertThat(result.thumbnails())
                .extracting(ThumbnailFile::timestamp)
                .containsExactly(Duration.ZERO, Duration.ofSeconds(15), Duration.ofSeconds(30));
        assertThat(result.warnings()).isEmpty();
        assertThat(result.renditions()).allSatisfy(file -> {
            assertThat(keyFrames(file.file())).containsExactly(expectedKeyFrames());
            assertThat(tags(file.file())).doesNotContain("location").doesNotContain("+47");
            assertThat(boxes(file.file())).containsSubsequence("moov", "mdat");
        });
    }

    @Test
    void reportsProgress() {
        Path source = clip("testsrc2=size=640x480:rate=25:duration=20", "sine=duration=20");
        List<Double> reported = Collections.synchronizedList(new ArrayList<>());

        EncodeResult result = encode(source, reported::add);

        assertThat(result.renditions()).hasSize(1);
        assertThat(reported).isNotEmpty().isSorted().last().isEqualTo(1.0);
        assertThat(reported).allMatch(fraction -> fraction >= 0 && fraction <= 1);
    }

    @Test
    void keepsAllFramesOfVariableFrameRate() {
        Path source = clip(
                "testsrc2=size=320x240:rate=60:duration=2,select='not(mod(n,7))+not(mod(n,5))'",
                "sine=duration=2",
                "-fps_mode",
                "vfr");

        EncodeResult result = encode(source, ProgressListener.noop());

        assertThat(result.renditions()).extracting(RenditionFile::frames).containsExactly(38L);
    }

    @Test
    void forcesNoExtraKeyFramesAfterPause() {
        Path source = clip(
                "testsrc2=size=320x240:rate=10:duration=25,select='lt(t,3)+gte(t,20)'",
                "sine=duration=25",
                "-fps_mode",
                "vfr");

        RenditionFile rendition =
                encode(source, ProgressListener.noop()).renditions().get(0);

        assertThat(keyFrames(rendition.file())).containsExactly(0.0, 2.0, 20.0, 22.0, 24.0);
    }

    @Test
    void extendsVerificationTimeoutByFileSize() throws IOException {
        Path source = clip("testsrc2=size=320x240:rate=25:duration=2", "sine=duration=2");
        RenditionFile rendition =
                encode(source, ProgressListener.noop()).renditions().get(0);
        FfmpegFixture.inflate(rendition.file(), 1 << 30);

        OutputVerifier.VerifiedOutputs verified = new OutputVerifier(FfmpegFixture.ffmpeg(), Duration.ZERO)
                .verify(
                        directory,
                        new OutputVerifier.Expectation(
                                List.of(new Rendition(
                                        rendition.quality(), new Dimensions(rendition.width(), rendition.height()), 1)),
                                true,
                                rendition.frames(),
                                rendition.duration(),
                                info(source).times()),
                        new CancellationToken());

        assertThat(verified.files()).extracting(RenditionFile::frames).containsExactly(rendition.frames());
    }

    @Test
    void failsWithReasonWhenCancelledDuringEncode() {
        Path source = clip("testsrc2=size=1280x720:rate=25:duration=30", "sine=duration=30");
        CancellationToken cancellation = new CancellationToken();
        JobException reason = new JobException(ErrorCode.SHUTDOWN, "Stopping.");

        assertThatThrownBy(() -> encode(source, fraction -> cancellation.cancel(reason), cancellation))
                .isSameAs(reason);
    }

    @Test
    void rejectsSourceThatIsTooLong() {
        Path source = clip("testsrc2=size=320x240:rate=25:duration=3", "sine=duration=3");
        Limits limits = new Limits(1L << 30, Duration.ofSeconds(2), 1920 * 1080, 8, 1L << 30);

        assertThatThrownBy(() -> new MediaProber(FfmpegFixture.ffmpeg(), FfmpegFixture.FFMPEG_CONFIG, limits)
                        .probe(source, new CancellationToken()))
                .isInstanceOfSatisfying(JobException.class, failure -> {
                    assertThat(failure.code()).isEqualTo(ErrorCode.TOO_LONG);
                    assertThat(failure.message()).isEqualTo("The video duration of 3 s exceeds the limit of 2 s.");
                });
    }

    @Test
    void failsWhenOutputExceedsLimit() throws IOException {
        Path source = clip("testsrc2=size=640x360:rate=25:duration=4", "sine=duration=4");
        Limits tight = new Limits(1L << 30, Duration.ofMinutes(1), 1920 * 1080, 8, 1 << 16);
        MediaConfig media = FfmpegFixture.MEDIA;
        MediaConfig limited = new MediaConfig(
                media.ladder(),
                media.x264(),
                media.audioBitrate(),
                media.keyFrameInterval(),
                media.thumbnails(),
                tight);

        assertThatThrownBy(() -> FfmpegFixture.encoder(limited)
                        .encode(FfmpegFixture.request(source, FfmpegFixture.probe(source), directory)))
                .isInstanceOfSatisfying(
                        JobException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.OUTPUT_EXCEEDED));

        assertThat(Files.size(directory.resolve("360p.mp4"))).isLessThanOrEqualTo(1 << 16);
    }

    @Test
    void rejectsTooManyStreams() {
        Path source =
                clip("testsrc2=size=320x240:duration=1", "sine=duration=1", "-map", "0", "-map", "1", "-map", "1");
        Limits limits = new Limits(1L << 30, Duration.ofMinutes(2), 1920 * 1080, 2, 1L << 30);

        assertThatThrownBy(() -> new MediaProber(FfmpegFixture.ffmpeg(), FfmpegFixture.FFMPEG_CONFIG, limits)
                        .probe(source, new CancellationToken()))
                .isInstanceOfSatisfying(
                        JobException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.TOO_MANY_STREAMS));
    }

    @Test
    void rejectsDamagedOutput() throws IOException {
        Path source = clip("testsrc2=size=320x240:duration=2", "sine=duration=2");
        RenditionFile rendition =
                encode(source, ProgressListener.noop()).renditions().get(0);
        byte[] content = Files.readAllBytes(rendition.file());
        Files.write(rendition.file(), Arrays.copyOf(content, content.length * 2 / 3));
        List<Rendition> renditions = List.of(new Rendition("240p", new Dimensions(320, 240), 800_000));

        assertThatThrownBy(() -> new OutputVerifier(FfmpegFixture.ffmpeg(), Duration.ofSeconds(30))
                        .verify(
                                directory,
                                new OutputVerifier.Expectation(
                                        renditions,
                                        true,
                                        50,
                                        Duration.ofSeconds(2),
                                        info(source).times()),
                                new CancellationToken()))
                .isInstanceOfSatisfying(
                        JobException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.OUTPUT_INVALID));
    }

    private EncodeResult encode(Path source, ProgressListener progress) {
        return encode(source, progress, new CancellationToken());
    }

    private EncodeResult encode(Path source, ProgressListener progress, CancellationToken cancellation) {
        MediaInfo info = info(source);
        return FfmpegFixture.encoder(FfmpegFixture.MEDIA)
                .encode(new EncodeRequest(new ProbedSource(source, info), directory, 2, progress, cancellation));
    }

    private static MediaInfo info(Path source) {
        return new MediaProber(FfmpegFixture.ffmpeg(), FfmpegFixture.FFMPEG_CONFIG, FfmpegFixture.LIMITS)
                .probe(source, new CancellationToken());
    }

    private Path clip(String video, String audio, String... more) {
        return FfmpegFixture.clip(directory.resolve("source with spaces.mp4"), video, audio, more);
    }

    private List<Double> keyFrames(Path file) {
        return output(
                        FfmpegFixture.ffmpeg().ffprobe(),
                        List.of(
                                "-loglevel",
                                "error",
                                "-select_streams",
                                "v",
                                "-skip_frame",
                                "nokey",
                                "-show_entries",
                                "frame=pts_time",
                                "-print_format",
                                "csv=print_section=0",
                                InputArguments.url(file)))
                .stream()
                .map(line -> Double.valueOf(line.replace(",", "")))
                .toList();
    }

    private static Double[] expectedKeyFrames() {
        return IntStream.range(0, 16).mapToObj(i -> 2.0 * i).toArray(Double[]::new);
    }

    private String tags(Path file) {
        return String.join(
                "\n",
                output(
                        FfmpegFixture.ffmpeg().ffprobe(),
                        List.of(
                                "-loglevel",
                                "error",
                                "-show_entries",
                                "format_tags:stream_tags",
                                InputArguments.url(file))));
    }

    private static List<String> boxes(Path file) throws IOException {
        List<String> boxes = new ArrayList<>();
        ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(file));
        for (int at = 0; at + 8 <= content.capacity(); at += content.getInt(at)) {
            byte[] name = new byte[4];
            content.get(at + 4, name);
            boxes.add(new String(name, StandardCharsets.US_ASCII));
        }
        return boxes;
    }

    private List<String> output(Path program, List<String> command) {
        return FfmpegFixture.output(program, command, directory);
    }
}
