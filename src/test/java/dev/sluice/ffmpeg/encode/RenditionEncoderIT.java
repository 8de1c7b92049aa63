package dev.sluice.ffmpeg.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.config.MediaConfig;
import dev.sluice.config.MediaConfig.Limits;
import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.ffmpeg.probe.MediaProber;
import dev.sluice.ffmpeg.process.InputArguments;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.VariantAttributes;
import dev.sluice.media.ColorStandard;
import dev.sluice.media.Dimensions;
import dev.sluice.media.MediaInfo;
import dev.sluice.media.ProbedSource;
import dev.sluice.media.mp4.Mp4Reader;
import dev.sluice.media.mp4.Mp4Track;
import dev.sluice.media.mp4.SampleCursor;
import dev.sluice.media.rendition.EncodeResult;
import dev.sluice.media.rendition.Rendition;
import dev.sluice.media.rendition.RenditionFile;
import dev.sluice.media.rendition.ThumbnailFile;
import dev.sluice.media.rendition.ThumbnailFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
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

    /** Standard definition that is tall enough for two renditions, which must both have the tags of BT.601. */
    @Test
    void encodesUntaggedStandardDefinitionWithSeveralRenditions() {
        Path source = clip("testsrc2=size=960x540:rate=25:duration=1", "sine=duration=1");

        EncodeResult result = encode(source, ProgressListener.noop());

        assertThat(result.renditions()).extracting(RenditionFile::quality).containsExactly("360p", "540p");
        assertThat(result.renditions())
                .extracting(RenditionFile::variant)
                .allSatisfy(variant -> assertThat(variant.codecs()).matches("avc1\\.[0-9a-f]{6},mp4a\\.40\\.2"))
                .extracting(VariantAttributes::frameRate)
                .containsOnly(25.0);
    }

    /** Black, then white with noise and dark, then test pattern. */
    @Test
    void showsFirstFrameOfIntervalThatIsNeitherBlackNorBlank() {
        Path source = clip(
                "testsrc2=size=360x640:rate=25:duration=8,"
                        + "drawbox=color=black:t=fill:enable='lt(t,1.2)',"
                        + "drawbox=color=white:t=fill:enable='between(t,1.2,2.2)',noise=alls=6:allf=t:enable='lt(t,2.2)',"
                        + "lutyuv=y='16+(val-16)*0.08':enable='between(t,2.2,3.2)'",
                "sine=duration=8");

        List<ThumbnailFile> thumbnails = encode(source, ProgressListener.noop()).thumbnails();

        assertThat(thumbnails).extracting(ThumbnailFile::timestamp).containsExactly(Duration.ofMillis(3520));
        assertThat(FfmpegFixture.entries(thumbnails.get(0).file(), "v", "stream=width,height"))
                .containsExactly("320,568");
    }

    /** Two delays; plays once. */
    @Test
    void encodesAnimatedGif() {
        Path gif = directory.resolve("source.gif");
        output(
                FfmpegFixture.ffmpeg().ffmpeg(),
                List.of(
                        "-nostdin",
                        "-loglevel",
                        "level+error",
                        "-f",
                        "lavfi",
                        "-i",
                        "testsrc2=size=320x240:rate=10:duration=2,select='lt(t,1)+not(mod(n,2))',format=rgba",
                        "-fps_mode",
                        "vfr",
                        "-loop",
                        "-1",
                        InputArguments.url(gif)));

        EncodeResult result = encode(gif, ProgressListener.noop());

        assertThat(result.renditions()).extracting(RenditionFile::frames).containsExactly(15L);
        assertThat(result.renditions()).extracting(RenditionFile::duration).containsExactly(Duration.ofMillis(1900));
    }

    @Test
    void rejectsStillGif() {
        Path gif = directory.resolve("still.gif");
        output(
                FfmpegFixture.ffmpeg().ffmpeg(),
                List.of("-nostdin", "-f", "lavfi", "-i", "testsrc2", "-frames:v", "1", InputArguments.url(gif)));

        assertThatThrownBy(() -> info(gif))
                .isInstanceOfSatisfying(
                        JobException.class,
                        failure -> assertThat(failure.message())
                                .isEqualTo("The file is a still image (GIF), not a video."));
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

        OutputVerifier.VerifiedOutputs verified = verify(source, rendition, Duration.ZERO);

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
        MediaConfig limited = FfmpegFixture.media(media.ladder(), media.x264(), media.thumbnails(), tight);

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

        assertThatThrownBy(() -> verify(source, rendition, Duration.ofSeconds(30)))
                .isInstanceOfSatisfying(
                        JobException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.OUTPUT_INVALID));
    }

    @Test
    void rejectsOutputWhoseLastKeyFrameIsDamaged() throws IOException {
        Path source = clip("testsrc2=size=320x240:duration=5", "sine=duration=5");
        RenditionFile rendition =
                encode(source, ProgressListener.noop()).renditions().get(0);
        Path damaged = Files.write(rendition.file(), withoutLastKeyFrame(rendition.file()));

        assertThatThrownBy(() -> verify(source, rendition, Duration.ofSeconds(30)))
                .isInstanceOfSatisfying(JobException.class, failure -> {
                    assertThat(failure.code()).isEqualTo(ErrorCode.OUTPUT_INVALID);
                    assertThat(failure.message()).contains(damaged.getFileName().toString());
                });
    }

    private static byte[] withoutLastKeyFrame(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        try (FileChannel channel = FileChannel.open(file)) {
            Mp4Reader reader = new Mp4Reader(channel);
            SampleCursor sample =
                    Mp4Track.of(reader, reader.topLevel("moov")).get(0).cursor(reader);
            int position = 0;
            int size = 0;
            while (sample.advance()) {
                position = sample.isSync() ? (int) sample.position() : position;
                size = sample.isSync() ? sample.size() : size;
            }
            Arrays.fill(content, position, position + size, (byte) 0);
            return content;
        }
    }

    /** Each output differs from the expected one in one property. */
    @Test
    void rejectsOutputThatDiffersFromPlanOrSource() throws IOException {
        Path source = clip("testsrc2=size=320x240:duration=2", "sine=duration=2");
        EncodeResult result = encode(source, ProgressListener.noop());
        RenditionFile rendition = result.renditions().get(0);
        Path original = Files.copy(rendition.file(), directory.resolve("original.mp4"));

        assertThat(failure(source, rendition, original, "-c:a", "copy", "-vf", "setparams=colorspace=bt709"))
                .isEqualTo("An output is invalid: 240p.mp4 has the color tags color_space bt709 instead of smpte170m.");
        assertThat(failure(source, rendition, original, "-c", "copy", "-bsf:v", "h264_metadata=level=6.1"))
                .isEqualTo("An output is invalid: 240p.mp4 has the H.264 level 6.1, but needs 2.0.");
        assertThat(failure(source, rendition, original, "-c:a", "copy", "-vf", "negate"))
                .startsWith("An output is invalid: 240p.mp4 does not show the frame of the source at 0.000 s (PSNR ");
        assertThat(failure(
                        source,
                        rendition,
                        original,
                        "-c:a",
                        "copy",
                        "-x264-params",
                        "mastering-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)"))
                .isEqualTo("An output is invalid: 240p.mp4 has the side data Mastering display metadata.");
        assertThat(failure(source, rendition, original, "-c", "copy", "-an"))
                .isEqualTo("An output is invalid: 240p.mp4 has no audio.");
        assertThat(failure(source, rendition, original, "-c:v", "copy", "-c:a", "aac", "-ar", "44100"))
                .isEqualTo("An output is invalid: 240p.mp4 has audio of 44100 Hz.");
        assertThat(failure(source, rendition, original, "-c", "copy", "-frames:v", "49"))
                .isEqualTo("An output is invalid: 240p.mp4 has 49 frames instead of 50.");
        assertThat(failure(source, rendition, original, "-c:a", "copy", "-vf", "scale=318:240,setsar=1"))
                .isEqualTo("An output is invalid: 240p.mp4 has the size 318x240.");
        assertThat(failure(source, rendition, original, "-c:a", "copy", "-vf", "scale=318:240"))
                .isEqualTo("An output is invalid: 240p.mp4 has frames of the size 318x240.");
        Files.copy(result.thumbnails().get(0).file(), directory.resolve("thumbnail-1500.jpg"));
        assertThat(failure(source, rendition, original, "-c", "copy"))
                .isEqualTo("An output is invalid: there are 2 thumbnails instead of 1.");
    }

    private String failure(Path source, RenditionFile rendition, Path original, String... change) {
        List<String> command = new ArrayList<>(List.of("-nostdin", "-loglevel", "level+error", "-y"));
        command.addAll(List.of("-i", InputArguments.url(original)));
        command.addAll(List.of(change));
        command.add(InputArguments.url(rendition.file()));
        output(FfmpegFixture.ffmpeg().ffmpeg(), command);
        return catchThrowableOfType(JobException.class, () -> verify(source, rendition, Duration.ofSeconds(30)))
                .message();
    }

    private OutputVerifier.VerifiedOutputs verify(Path source, RenditionFile rendition, Duration timeout) {
        Dimensions size = new Dimensions(rendition.width(), rendition.height());
        OutputVerifier verifier = new OutputVerifier(FfmpegFixture.ffmpeg(), timeout);
        OutputVerifier.Expectation expected = new OutputVerifier.Expectation(
                List.of(new Rendition(rendition.quality(), size, 800_000)),
                true,
                rendition.frames(),
                rendition.duration(),
                info(source).times(),
                Optional.of(ColorStandard.BT601_525),
                30);
        List<ThumbnailFile> thumbnails = ThumbnailFiles.list(directory, size);
        OutputVerifier.VerifiedOutputs verified =
                verifier.verifyTracks(directory, expected, thumbnails, Duration.ofSeconds(15));
        verifier.verifyFrames(
                directory, expected, thumbnails, FfmpegFixture.MEDIA.keyFrameInterval(), new CancellationToken());
        return verified;
    }

    private EncodeResult encode(Path source, ProgressListener progress) {
        return encode(source, progress, new CancellationToken());
    }

    private EncodeResult encode(Path source, ProgressListener progress, CancellationToken cancellation) {
        MediaInfo info = info(source);
        return FfmpegFixture.encoder(FfmpegFixture.MEDIA)
                .encode(new EncodeRequest(
                        new ProbedSource(source, info), directory, 2, progress, file -> {}, cancellation));
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
