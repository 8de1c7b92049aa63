package dev.sluice.ffmpeg.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.config.MediaConfig.Limits;
import dev.sluice.ffmpeg.TestSources;
import dev.sluice.ffmpeg.probe.FfprobeOutput;
import dev.sluice.ffmpeg.probe.ProbeErrorMapper;
import dev.sluice.ffmpeg.probe.SourceValidator;
import dev.sluice.ffmpeg.sandbox.ProcessLimits;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.media.SourceWarnings;
import dev.sluice.media.StreamTimes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Error output of FFmpeg and the resulting error codes and warnings. */
class ProcessErrorMapperTest {
    private final SourceValidator validator =
            new SourceValidator(new Limits(1 << 20, Duration.ofMinutes(1), 1920 * 1080, 4, 1 << 20));

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "[hls @ 0x55] [error] Format not on whitelist 'mov'; PLAYLIST",
                "[concat @ 0x55] [error] Format not on whitelist 'mov'; PLAYLIST",
                "[dash @ 0x55] [error] Format not on whitelist 'mov'; PLAYLIST",
                "[png_pipe @ 0x55] [error] Format not on whitelist 'mov'; STILL_IMAGE",
                "[image2 @ 0x55] [error] Format not on whitelist 'mov'; STILL_IMAGE",
                "[mp3 @ 0x55] [error] Format not on whitelist 'mov'; NO_VIDEO_STREAM",
                "[tty @ 0x55] [error] Format not on whitelist 'mov'; NOT_A_VIDEO",
                "[apng @ 0x55] [error] Format not on whitelist 'mov'; NOT_A_VIDEO",
                "[ivf @ 0x55] [error] Format not on whitelist 'mov'; NOT_A_VIDEO",
                "[vvc @ 0x55] [error] Codec (vvc) not on whitelist 'h264'; UNSUPPORTED_CODEC",
                "[mov @ 0x55] [error] Number of streams exceeds max_streams parameter (32); TOO_MANY_STREAMS",
                "[mov @ 0x55] [error] hit EOF while reading sub-sample encryption info; ENCRYPTED",
                "[mov @ 0x55] [error] moov atom not found; UNREADABLE",
                "[error] Invalid data found when processing input; UNREADABLE",
            })
    void mapsProbeErrorToCode(String line, ErrorCode expected) {
        assertThat(ProbeErrorMapper.of(stderr(line), 32, true).code()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"nut, a NUT video", "swf, a Flash animation", "apng, a PNG animation"})
    void namesContainerThatIsNotAccepted(String format, String name) {
        StderrLog errors = stderr("[" + format + " @ 0x55] [error] Format not on whitelist 'mov'");

        assertThat(ProbeErrorMapper.of(errors, 32, false).message())
                .isEqualTo("The file is " + name
                        + ", a format that is not accepted; convert it to MP4, Matroska or WebM.");
    }

    @Test
    void returnsNotAVideoWhenSignatureIsUnknown() {
        StderrLog errors = stderr("[mov @ 0x55] [error] moov atom not found");

        assertThat(ProbeErrorMapper.of(errors, 32, false).code()).isEqualTo(ErrorCode.NOT_A_VIDEO);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "228; [error] Error writing trailer: No space left on device; DISK_FULL; 10",
                "137; ; FFMPEG_FAILED; 10",
                "183; [fc#0] [error] Cannot determine format of input 0:0 after EOF; NO_FRAMES; 0",
                "234; [error] Invalid argument; FFMPEG_FAILED; 0",
            })
    void mapsEncodeErrorToCode(int exitCode, String line, ErrorCode expected, long frames) {
        StderrLog errors = stderr(Optional.ofNullable(line).orElse(""));

        assertThat(ProcessErrorMapper.translate(new FfmpegRunner.ExitResult(exitCode, errors, List.of()), frames)
                        .code())
                .isEqualTo(expected);
    }

    @Test
    void findsReasonOfFilterAmongConsequences() {
        JobException failure = failure(187, """
                [h264 @ 0x1] [error] Invalid NAL unit size (0 > 943).
                [Parsed_zscale_0 @ 0x7f5aa4001b80] [error] code 3074: no path between colorspaces
                [vf#0:0 @ 0x5561d0a53d00] [error] Error while filtering: Generic error in an external library
                [vf#0:0 @ 0x5561d0a53d00] [error] Task finished with error code: -542398533 (Generic error in an external library)
                [vost#0:0/libx264 @ 0x5561d0a53300] [enc:libx264 @ 0x5561d0a53940] [error] Could not open encoder before EOF
                [out#0/mp4 @ 0x5561d0a51680] [error] Nothing was written into output file, because at least one of its streams\
                 received no packets.
                """);

        assertThat(failure.code()).isEqualTo(ErrorCode.FILTER_FAILED);
        assertThat(failure.message())
                .isEqualTo("FFmpeg cannot convert the video or audio: no path between colorspaces.");
    }

    @Test
    void findsUnsupportedChannelLayout() {
        JobException failure = failure(234, """
                [auto_aresample_0 @ 0x7f8bd4008080] [SWR @ 0x7f8bd4008200] [error] Input channel layout 'ambisonic 1' is not supported
                [auto_aresample_0 @ 0x7f8bd4008080] [error] Failed to configure output pad on auto_aresample_0
                [af#0:0 @ 0x556db503a4c0] [error] Error reinitializing filters!
                [af#0:0 @ 0x556db503a4c0] [error] Task finished with error code: -22 (Invalid argument)
                """);

        assertThat(failure.code()).isEqualTo(ErrorCode.FILTER_FAILED);
        assertThat(failure.message()).endsWith(": Input channel layout 'ambisonic 1' is not supported.");
    }

    @Test
    void findsReasonOfEncoderAmongConsequences() {
        JobException size = failure(187, """
                [libx264 @ 0x56445e54a700] [error] width not divisible by 2 (321x181)
                [vost#0:0/libx264 @ 0x56445e549b40] [enc:libx264 @ 0x56445e54a5c0] [error] Error while opening encoder - maybe\
                 incorrect parameters such as bit_rate, rate, width or height.
                [vf#0:0 @ 0x56445e54c940] [error] Error sending frames to consumers: Generic error in an external library
                """);
        JobException rate = failure(234, """
                [aac @ 0x55e14514e480] [error] Specified sample rate 1234 is not supported by the aac encoder
                [aac @ 0x55e14514e480] [error] Supported sample rates:
                [aac @ 0x55e14514e480] [error]   96000
                [aost#0:0/aac @ 0x55e14514d840] [enc:aac @ 0x55e14514e380] [error] Error while opening encoder - maybe incorrect
                """);
        JobException header = failure(234, """
                [mp4 @ 0x56] [error] Could not find tag for codec rawvideo in stream #0, codec not currently supported in container
                [out#0/mp4 @ 0x56066e658000] [error] Could not write header (incorrect codec parameters ?): Invalid argument
                """);

        assertThat(List.of(size.code(), rate.code(), header.code())).containsOnly(ErrorCode.ENCODE_FAILED);
        assertThat(size.message()).isEqualTo("FFmpeg cannot encode the outputs: width not divisible by 2 (321x181).");
        assertThat(rate.message()).endsWith(": Specified sample rate 1234 is not supported by the aac encoder.");
        assertThat(header.message()).contains("Could not find tag for codec rawvideo");
    }

    @Test
    void retriesErrorsOfTheHost() {
        JobException failure = failure(254, """
                [out#0/mp4 @ 0x5627ee4cc000] [fatal] Error opening output /srv/work/jobs/a/360p.mp4: No such file or directory
                [error] Error opening output file /srv/work/jobs/a/360p.mp4.
                [fatal] Error opening output files: No such file or directory
                """);

        assertThat(failure.code()).isEqualTo(ErrorCode.FFMPEG_FAILED);
        assertThat(failure.message())
                .isEqualTo("FFmpeg failed (exit code 254): Error opening output 360p.mp4: No such file or directory.");
    }

    @Test
    void marksFailureBeforeFirstFrameAsDeterministic() {
        FfmpegRunner.ExitResult result =
                new FfmpegRunner.ExitResult(161, stderr("[mov] [error] Something odd"), List.of());

        assertThat(ProcessErrorMapper.translate(result, 0).isDeterministic()).isTrue();
        assertThat(ProcessErrorMapper.translate(result, 1).isDeterministic()).isFalse();
        assertThat(ProcessErrorMapper.translate(new FfmpegRunner.ExitResult(137, stderr(""), List.of()), 0)
                        .isDeterministic())
                .as("killed")
                .isFalse();
    }

    @Test
    void keepsCommandAndLastErrorsWithoutPaths() {
        StderrLog errors = new StderrLog();
        for (int i = 0; i < 60; i++) {
            errors.add("[h264 @ 0x55d08] [error] in /srv/work/jobs/a-1/source.mp4: line " + i + "ü".repeat(250));
        }
        List<String> command = List.of(
                "ffmpeg",
                "-i",
                "file:/srv/work/jobs/a-1/source.mp4",
                "-r",
                "30000/1001",
                "-vf",
                "movie=/srv/work/x.png,scale=640:360",
                "y".repeat(5000));

        String diagnostics = ProcessErrorMapper.translate(new FfmpegRunner.ExitResult(1, errors, command), 5)
                .diagnostics()
                .orElseThrow();

        assertThat(diagnostics.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .hasSizeLessThanOrEqualTo(4096);
        assertThat(diagnostics)
                .startsWith("ffmpeg -i file:source.mp4 -r 30000/1001 -vf movie=x.png,scale=640:360 yyy")
                .contains("\n[h264] [error] in source.mp4: line 59")
                .doesNotContain("/srv", "0x55d08");
    }

    private static JobException failure(int exitCode, String lines) {
        StderrLog errors = new StderrLog();
        lines.lines().forEach(errors::add);
        return ProcessErrorMapper.translate(new FfmpegRunner.ExitResult(exitCode, errors, List.of()), 0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "153; ; OUTPUT_EXCEEDED",
                "244; ; MEMORY_EXCEEDED",
                "1; [libx264 @ 0x55] [error] malloc of size 123456 failed; MEMORY_EXCEEDED",
                "127; ffmpeg: error while loading shared libraries: libx.so: failed to map segment; MEMORY_EXCEEDED",
            })
    void mapsExceededLimitToCode(int exitCode, String line, ErrorCode expected) {
        StderrLog errors = stderr(Optional.ofNullable(line).orElse(""));

        assertThat(limitExceeded(exitCode, errors)).hasValueSatisfying(failure -> {
            assertThat(failure.code()).isEqualTo(expected);
            assertThat(failure.message()).containsPattern("(1024|1) MiB.*\\(.*max(Memory|Output)MiB\\)");
        });
    }

    @Test
    void reportsNoLimitForOtherFailures() {
        assertThat(limitExceeded(137, stderr(""))).isEmpty();
        assertThat(limitExceeded(234, stderr("[error] Invalid argument"))).isEmpty();
        assertThat(limitExceeded(1, stderr("[avi] [error] Number of streams exceeds max_streams parameter (64)")))
                .isEmpty();
        assertThat(limitExceeded(0, stderr("[h264] [error] Cannot allocate memory")))
                .isEmpty();
    }

    private static Optional<JobException> limitExceeded(int exitCode, StderrLog stderr) {
        return ProcessErrorMapper.limitExceeded(
                new ProcessLimits(1L << 30, 1 << 20), new FfmpegRunner.ExitResult(exitCode, stderr, List.of()));
    }

    @Test
    void rejectsSourceBeyondLimits() {
        assertRejected(ErrorCode.EMPTY_FILE, () -> validator.checkBytes(0));
        assertRejected(ErrorCode.TOO_LARGE, () -> validator.checkBytes((1 << 20) + 1));
        assertRejected(ErrorCode.TOO_LONG, () -> validator.checkDuration(Duration.ofMillis(60_001)));
        assertRejected(ErrorCode.TOO_MANY_PIXELS, () -> validator.checkDimensions(TestSources.video(1920, 1082)));
        assertRejected(ErrorCode.NO_FRAMES, () -> validator.checkDimensions(TestSources.video(0, 0)));
        assertRejected(ErrorCode.NO_VIDEO_STREAM, () -> validator.checkStreams(streams("audio")));
        assertRejected(
                ErrorCode.TOO_MANY_STREAMS,
                () -> validator.checkStreams(streams("video", "audio", "audio", "audio", "audio")));
    }

    @Test
    void acceptsSourceAtLimits() {
        assertThatCode(() -> {
                    validator.checkBytes(1 << 20);
                    validator.checkDuration(Duration.ofMinutes(1));
                    validator.checkDimensions(TestSources.video(1920, 1080));
                    validator.checkStreams(streams("video", "audio", "audio", "audio"));
                })
                .doesNotThrowAnyException();
    }

    @Test
    void warnsAboutMissingAndDamagedParts() {
        StderrLog noErrors = stderr("");
        Duration whole = Duration.ofSeconds(62);

        assertThat(warnings(whole, noErrors)).isEmpty();
        assertThat(warnings(Duration.ofSeconds(40), noErrors))
                .containsExactly("The file has a stated duration of 62.0 s, but only 40.0 s could be decoded.");
        assertThat(warnings(whole, stderr("[h264 @ 0x55] [error] mmco: unref short failure")))
                .isEmpty();
        assertThat(warnings(whole, stderr("[dec:h264 @ 0x55] [warning] corrupt decoded frame")))
                .containsExactly("Parts of the file are damaged; video or audio may have defects there.");
        assertThat(warnings(Duration.ofSeconds(40), stderr("[mov] [error] stream 0: partial file")))
                .containsExactly("The file is truncated; the existing part was encoded.");
    }

    private static List<String> warnings(Duration encoded, StderrLog errors) {
        StreamTimes times = TestSources.FULL_HD.times();
        return SourceWarnings.build(
                TestSources.FULL_HD.duration(), encoded, ProcessErrorMapper.sourceDamage(errors), times, times);
    }

    @Test
    void retainsFirstAndLastLines() {
        StderrLog errors = new StderrLog();
        for (int i = 0; i < 10_000; i++) {
            errors.add("[h264 @ 0x55] [error] line " + i);
        }

        assertThat(errors.errorCount()).isEqualTo(10_000);
        assertThat(errors.lines()).hasSize(60).first().isEqualTo("[h264 @ 0x55] [error] line 0");
        assertThat(errors.lastLine()).hasValue("[h264 @ 0x55] [error] line 9999");
    }

    @Test
    void removesControlCharactersFromLines() {
        StderrLog errors = stderr("[error] a\u001b[2Jb\rc" + "x".repeat(1000));

        assertThat(errors.toString()).startsWith("[error] a [2Jb cxxx").hasSize(300);
    }

    @Test
    void ignoresLoaderMessages() {
        StderrLog errors = stderr("ffmpeg: libasound.so.2: no version information available (required by …)");

        assertThat(errors.lines()).isEmpty();
    }

    private static StderrLog stderr(String line) {
        StderrLog errors = new StderrLog();
        errors.add(line);
        return errors;
    }

    private static FfprobeOutput streams(String... types) {
        StringBuilder json = new StringBuilder("{\"streams\": [");
        for (String type : types) {
            json.append(json.length() > 13 ? "," : "")
                    .append("{\"codec_type\": \"")
                    .append(type)
                    .append("\"}");
        }
        return FfprobeOutput.of(json + "]}");
    }

    private static void assertRejected(ErrorCode code, ThrowingCallable check) {
        assertThatThrownBy(check)
                .isInstanceOfSatisfying(
                        JobException.class,
                        failure -> assertThat(failure.code()).isEqualTo(code));
    }
}
