package dev.sluice.media.hybrid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.ffmpeg.process.InputArguments;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.media.mp4.ChangedHeaders;
import dev.sluice.media.streaming.FileRange;
import dev.sluice.media.streaming.FragmentedStream;
import dev.sluice.media.streaming.StreamFile;
import dev.sluice.media.streaming.StreamSegment;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** FFmpeg reads both faces of hybrid files, and the file that they were written from. */
@Timeout(120)
class HybridWriterIT {
    private static final Duration SEGMENT = Duration.ofSeconds(6);
    private static final String VIDEO = "testsrc2=size=320x180:rate=25:duration=14";
    private static final String AUDIO = "sine=frequency=440:sample_rate=48000:duration=14";

    @TempDir
    private Path directory;

    enum Source {
        CONSTANT_RATE(VIDEO, AUDIO),
        VARIABLE_RATE(VIDEO + ",select='not(mod(n,7))+not(mod(n,5))'", AUDIO),
        SIXTY_FRAMES("testsrc2=size=320x180:rate=60:duration=7", AUDIO),
        ONE_GOP("testsrc2=size=320x180:rate=25:duration=1", AUDIO),
        ONE_FRAME("testsrc2=size=320x180:rate=25:duration=0.04", AUDIO),
        PORTRAIT("testsrc2=size=180x320:rate=30000/1001:duration=7", AUDIO),
        SILENT(VIDEO, AUDIO, "-an"),
        AUDIO_LATER(VIDEO, AUDIO, "-af", "asetpts=PTS+7.3/TB"),
        VIDEO_LATER(VIDEO, AUDIO, "-vf", "setpts=PTS+0.08/TB"),
        LONG_AUDIO("testsrc2=size=320x180:rate=25:duration=5", "sine=sample_rate=48000:duration=40");

        private final String video;
        private final String audio;
        private final List<String> options;

        Source(String video, String audio, String... options) {
            this.video = video;
            this.audio = audio;
            this.options = List.of(options);
        }
    }

    private Path plain(Source source) {
        return plain(source, "expr:gte(t,n_forced*2)");
    }

    private Path plain(Source source, String keyFrames) {
        List<String> options = new ArrayList<>(source.options);
        options.addAll(List.of("-force_key_frames", keyFrames, "-g", "10000", "-sc_threshold", "0"));
        options.addAll(List.of("-flags", "+cgop", "-bf", "3", "-fps_mode", "vfr", "-ac", "2"));
        return FfmpegFixture.clip(
                directory.resolve("plain.mp4"), source.video, source.audio, options.toArray(String[]::new));
    }

    private StreamFile write(Path plain) {
        return HybridWriter.write(plain, directory.resolve("hybrid.mp4"), SEGMENT, new CancellationToken());
    }

    @ParameterizedTest
    @EnumSource(Source.class)
    void bothFacesHavePacketsOfPlainFile(Source source) throws IOException {
        Path plain = plain(source);

        StreamFile hybrid = write(plain);

        Path file = directory.resolve("hybrid.mp4");
        assertThat(frames(file, "-c", "copy")).isEqualTo(frames(plain, "-c", "copy"));
        assertThat(frames(file)).isEqualTo(frames(plain));
        assertThat(FfmpegFixture.entries(file, "v", "format=start_time,duration"))
                .isEqualTo(FfmpegFixture.entries(plain, "v", "format=start_time,duration"));
        assertThat(packets(fragments(hybrid.video()), "v")).isEqualTo(packets(plain, "v"));
        assertThat(hybrid.video().segments()).allMatch(segment -> segment.duration() > 0);
        assertThat(hybrid.audio().isPresent()).isEqualTo(source != Source.SILENT);
        if (hybrid.audio().isPresent()) {
            List<String> audio = packets(plain, "a");
            // The first packet is the priming of the encoder.
            List<String> expected = source == Source.AUDIO_LATER ? audio : audio.subList(1, audio.size());
            List<String> found = packets(fragments(hybrid.audio().get()), "a");
            assertThat(found.subList(found.size() - expected.size(), found.size()))
                    .isEqualTo(expected);
            assertThat(found.size() - expected.size()).isEqualTo(source == Source.AUDIO_LATER ? 341 : 0);
        }
    }

    /** The first frame is 40 ms later than the part, the key frames that follow are not late. */
    @Test
    void segmentsOfAPartAreCountedFromItsStart() {
        Path part = plain(Source.SILENT, "expr:gte(t+0.04,n_forced*2)");

        FragmentedStream video = HybridWriter.replacePart(
                        part, Duration.ofMillis(-40), SEGMENT, new CancellationToken())
                .video();

        assertThat(video.segments())
                .extracting(segment -> 1000 * segment.start() / video.timescale())
                .containsExactly(0L, 5960L, 11_960L);
    }

    @Test
    void segmentsStartAtKeyFramesOfTheGrid() {
        StreamFile hybrid = write(plain(Source.VIDEO_LATER));

        assertThat(hybrid.video().segments())
                .extracting(segment -> 1000 * segment.start() / hybrid.video().timescale())
                .containsExactly(80L, 6080L, 12_080L);
        assertThat(hybrid.video().keyFrames()).hasSize(7);
        assertThat(hybrid.video().codec()).matches("avc1\\.[0-9a-f]{6}");
        FragmentedStream audio = hybrid.audio().orElseThrow();
        assertThat(audio.codec()).isEqualTo("mp4a.40.2");
        assertThat(audio.segments()).hasSize(3).extracting(StreamSegment::start).startsWith(0L);
    }

    @Test
    void audioAfterTheVideoIsInSegmentsOfTheTarget() {
        StreamFile hybrid = write(plain(Source.LONG_AUDIO));

        assertThat(hybrid.audio().orElseThrow().segments())
                .hasSize(7)
                .allMatch(segment -> segment.duration() <= 6 * 48_000 + 1024);
    }

    /** Silence is decoded without an error, and is silent. */
    @Test
    void silencePrecedesLateAudio() throws IOException {
        StreamFile hybrid = write(plain(Source.AUDIO_LATER));
        Path audio = fragments(hybrid.audio().orElseThrow());

        List<String> command = List.of(
                "-nostdin",
                "-loglevel",
                "info",
                "-xerror",
                "-i",
                InputArguments.url(audio),
                "-t",
                "7.2",
                "-af",
                "volumedetect",
                "-f",
                "null",
                "-");
        assertThat(FfmpegFixture.errorOutput(FfmpegFixture.ffmpeg().ffmpeg(), command, directory))
                .contains("max_volume: -91.0 dB");
    }

    @Test
    void audioPrecedesVideoInEachSegment() {
        StreamFile hybrid = write(plain(Source.CONSTANT_RATE));

        List<Long> positions = IntStream.range(0, 3)
                .boxed()
                .flatMap(i -> Stream.of(
                        hybrid.audio().orElseThrow().segments().get(i),
                        hybrid.video().segments().get(i)))
                .map(segment -> segment.range().offset())
                .toList();
        assertThat(positions).isSorted();
    }

    /** A header that is wrong in any way gives a valid file or an error, in bounded time and memory. */
    @Test
    void rejectsInvalidHeaders() throws IOException {
        Path file = directory.resolve("changed.mp4");

        ChangedHeaders.assertReadOrRejected(Files.readAllBytes(plain(Source.ONE_GOP)), file, () -> write(file));
    }

    @Test
    void rejectsTruncatedFile() throws IOException {
        byte[] plain = Files.readAllBytes(plain(Source.ONE_GOP));
        Path file = Files.write(directory.resolve("cut.mp4"), Arrays.copyOf(plain, plain.length - 100));

        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> write(file))
                .satisfies(error -> assertThat(error.code()).isEqualTo(ErrorCode.OUTPUT_INVALID));
    }

    @Test
    void verifierFindsEveryChangeOfFragments() throws IOException {
        Path plain = plain(Source.VARIABLE_RATE);
        StreamFile hybrid = write(plain);
        Path file = directory.resolve("hybrid.mp4");
        byte[] content = Files.readAllBytes(file);
        FileRange first = hybrid.video().keyFrames().get(1).range();
        int header = new String(content, StandardCharsets.ISO_8859_1).indexOf("mdat", (int) first.offset()) - 4;
        for (int position = (int) first.offset(); position < header; position += 4) {
            byte[] changed = content.clone();
            ByteBuffer.wrap(changed).putInt(position, ByteBuffer.wrap(changed).getInt(position) ^ 0x0001_0001);
            Files.write(file, changed);

            assertThatExceptionOfType(JobException.class)
                    .as("byte %d of the fragment", position - first.offset())
                    .isThrownBy(() -> HybridVerifier.verify(file, hybrid));
        }
    }

    /** The initialization segment and the fragments of a stream, as a player loads them. */
    private Path fragments(FragmentedStream stream) throws IOException {
        byte[] file = Files.readAllBytes(directory.resolve("hybrid.mp4"));
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        Stream.concat(
                        Stream.of(stream.initialization()),
                        stream.segments().stream().map(StreamSegment::range))
                .forEach(range -> content.write(file, (int) range.offset(), (int) range.bytes()));
        return Files.write(directory.resolve("fragments.mp4"), content.toByteArray());
    }

    private List<String> frames(Path file, String... options) {
        // The order in which streams are read may differ.
        return output(file, options).sorted().toList();
    }

    private Stream<String> output(Path file, String... options) {
        List<String> command = new ArrayList<>(List.of("-nostdin", "-loglevel", "level+error"));
        command.addAll(List.of("-i", InputArguments.url(file)));
        command.addAll(List.of(options));
        command.addAll(List.of("-fps_mode", "passthrough", "-f", "framemd5", "pipe:1"));
        return FfmpegFixture.output(FfmpegFixture.ffmpeg().ffmpeg(), command, directory).stream()
                .filter(line -> !line.startsWith("#"));
    }

    /** Duration, size and checksum of each packet, in order: times of FFmpeg's reader of fragments have another origin. */
    private List<String> packets(Path file, String stream) {
        return output(file, "-c", "copy", "-map", "0:" + stream)
                .map(line -> line.split(" *, *", 4)[3])
                .toList();
    }
}
