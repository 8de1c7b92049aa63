package dev.sluice.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.config.FfmpegConfig;
import dev.sluice.config.FfmpegConfig.SandboxMode;
import dev.sluice.config.MediaConfig;
import dev.sluice.config.MediaConfig.Limits;
import dev.sluice.config.MediaConfig.Rung;
import dev.sluice.ffmpeg.encode.EncodeRequest;
import dev.sluice.ffmpeg.encode.EncodeRunner;
import dev.sluice.ffmpeg.encode.RenditionEncoder;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.probe.MediaProber;
import dev.sluice.ffmpeg.process.FfmpegLaunchSpec;
import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.ffmpeg.process.InputArguments;
import dev.sluice.ffmpeg.process.Watchdog;
import dev.sluice.ffmpeg.sandbox.Bubblewrap;
import dev.sluice.ffmpeg.sandbox.FileAccess;
import dev.sluice.ffmpeg.sandbox.ProcessLimits;
import dev.sluice.media.MediaInfo;
import dev.sluice.media.ProbedSource;
import dev.sluice.media.rendition.EncodeResult;
import dev.sluice.media.rendition.EncodeSpeedEstimator;
import io.vertx.core.json.JsonArray;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/** Configuration and FFmpeg shared by tests. */
public final class FfmpegFixture {
    public static final FfmpegConfig FFMPEG_CONFIG =
            config(Path.of("target", "ffmpeg-cache"), Optional.empty(), SandboxMode.AUTO);

    public static final Limits LIMITS = new Limits(2L << 30, Duration.ofHours(4), 8192L * 4320, 32, 1L << 30);

    public static final MediaConfig MEDIA = withPreset("ultrafast");

    private static final class Located {
        private static final FfmpegInstallation FFMPEG = FfmpegInstallation.locate(FFMPEG_CONFIG);
    }

    private FfmpegFixture() {}

    public static FfmpegConfig config(Path cache, Optional<Path> ffmpeg, SandboxMode sandbox) {
        return new FfmpegConfig(
                ffmpeg,
                Optional.empty(),
                cache,
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                Duration.ofMinutes(10),
                sandbox,
                16L << 30);
    }

    /** With a sandbox if available. */
    public static FfmpegInstallation ffmpeg() {
        return Located.FFMPEG;
    }

    /** With or without a sandbox; skips the test if a required sandbox is unavailable. */
    public static FfmpegInstallation ffmpeg(SandboxMode sandbox) {
        assumeTrue(sandbox != SandboxMode.REQUIRED || Bubblewrap.works(), "bubblewrap does not work on this host");
        return sandbox == SandboxMode.OFF ? ffmpeg().withSandbox(Optional.empty()) : ffmpeg();
    }

    /** An installation without a sandbox whose FFmpeg runs these commands first, and then the real FFmpeg. */
    public static FfmpegInstallation ffmpegAfter(Path directory, String commands) throws IOException {
        return script(directory, commands + "\nexec \"$FFMPEG\" \"$@\"");
    }

    /** An installation without a sandbox whose FFmpeg is a shell script; the variable FFMPEG in it names the real one. */
    public static FfmpegInstallation script(Path directory, String commands) throws IOException {
        FfmpegInstallation real = ffmpeg(SandboxMode.OFF);
        Path script = Files.writeString(
                Files.createTempDirectory(directory, "bin").resolve("ffmpeg"), """
                #!/bin/sh
                FFMPEG='%s'
                %s
                """.formatted(real.ffmpeg(), commands));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return new FfmpegInstallation(
                script,
                real.ffprobe(),
                real.version(),
                real.origin(),
                Optional.empty(),
                Optional.empty(),
                real.maxMemory());
    }

    /** Runs a program with high limits and without a sandbox. */
    public static FfmpegRunner bare(Path program, Path directory) {
        return new FfmpegRunner(new FfmpegLaunchSpec(
                program,
                FileAccess.writeDirectory(directory),
                new ProcessLimits(16L << 30, 1L << 30),
                Optional.empty()));
    }

    /** Standard output of FFmpeg or ffprobe, line by line; fails if it fails; blocks. */
    public static List<String> output(Path program, List<String> command, Path directory) {
        List<String> lines = Collections.synchronizedList(new ArrayList<>());
        FfmpegRunner.ExitResult result = bare(program, directory)
                .run(command, lines::add, Watchdog.withDeadline(Duration.ofSeconds(60)), new CancellationToken());
        assertThat(result.exitCode()).as(result.stderr().toString()).isZero();
        return lines;
    }

    /** What a filter prints about a file, with the times of the file; the option is {@code -vf} or {@code -af}; blocks. */
    public static List<String> filtered(Path file, String option, String filter) {
        return output(
                ffmpeg().ffmpeg(),
                List.of(
                        "-nostdin",
                        "-loglevel",
                        "error",
                        "-copyts",
                        "-i",
                        InputArguments.url(file),
                        option,
                        filter,
                        "-f",
                        "null",
                        "-"),
                file.toAbsolutePath().getParent());
    }

    /** The values of the one key that a filter prints, in order, see {@link #filtered}; blocks. */
    public static List<Double> values(Path file, String option, String filter) {
        return filtered(file, option, filter).stream()
                .filter(line -> line.startsWith("lavfi."))
                .map(line -> Double.valueOf(line.substring(line.indexOf('=') + 1)))
                .toList();
    }

    /** The last lines of the error output of FFmpeg or ffprobe; fails if it fails; blocks. */
    public static String errorOutput(Path program, List<String> command, Path directory) {
        FfmpegRunner.ExitResult result = bare(program, directory)
                .run(command, line -> {}, Watchdog.withDeadline(Duration.ofSeconds(60)), new CancellationToken());
        assertThat(result.exitCode()).as(result.stderr().toString()).isZero();
        return String.join("\n", result.stderr().lines());
    }

    /** Asserts the properties of an output that are the same for every source; blocks. */
    public static void assertOutputFormat(Path file, boolean hasAudio) {
        assertThat(entries(file, "v", "stream=codec_name,pix_fmt")).containsExactly("h264,yuv420p");
        assertThat(entries(file, "v", "stream_side_data=side_data_type"))
                .noneMatch(sideData -> sideData.contains("Display Matrix"));
        assertThat(entries(file, "a", "stream=codec_name,sample_rate,channels"))
                .isEqualTo(hasAudio ? List.of("aac,48000,2") : List.of());
    }

    /**
     * Entries of ffprobe for streams of a type, in CSV; blocks.
     *
     * @param options before the input
     */
    public static List<String> entries(Path file, String streams, String entries, String... options) {
        List<String> command = new ArrayList<>(List.of("-loglevel", "error", "-select_streams", streams));
        command.addAll(List.of(options));
        command.addAll(List.of("-show_entries", entries, "-print_format", "csv=print_section=0"));
        command.add(InputArguments.url(file));
        // ffprobe appends commas if a stream or a frame has side data.
        return output(ffmpeg().ffprobe(), command, file.getParent()).stream()
                .map(line -> line.replaceFirst(",+$", ""))
                .toList();
    }

    /** Encodes a clip from FFmpeg's test sources. */
    public static Path clip(Path file, String video, String audio, String... more) {
        List<String> command = new ArrayList<>(List.of("-nostdin", "-loglevel", "level+error", "-y"));
        command.addAll(List.of("-f", "lavfi", "-i", video, "-f", "lavfi", "-i", audio));
        command.addAll(List.of(more));
        command.addAll(List.of("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"));
        command.add(InputArguments.url(file));
        assertThat(output(ffmpeg().ffmpeg(), command, file.getParent())).isNotNull();
        return file;
    }

    /** Enlarges an MP4 file by an unused box that takes no space on the disk. */
    public static void inflate(Path movie, int bytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(movie.toFile(), "rw")) {
            long length = file.length();
            file.seek(length);
            file.writeInt(bytes);
            file.writeBytes("free");
            file.setLength(length + bytes);
        }
    }

    public static EncodeRunner runner(MediaConfig media) {
        return new EncodeRunner(ffmpeg(), FFMPEG_CONFIG, media);
    }

    public static RenditionEncoder encoder(MediaConfig media) {
        return new RenditionEncoder(runner(media), new EncodeSpeedEstimator());
    }

    /** An encode on two threads, without progress. */
    public static EncodeRequest request(Path source, MediaInfo info, Path directory) {
        return new EncodeRequest(
                new ProbedSource(source, info),
                directory,
                2,
                ProgressListener.noop(),
                file -> {},
                new CancellationToken());
    }

    /** Probes and encodes a file with {@link #MEDIA}; blocks. */
    public static EncodeResult encode(Path source, Path directory) {
        return encoder(MEDIA).encode(request(source, probe(source), directory));
    }

    /** Probes a file; blocks. */
    public static MediaInfo probe(Path file) {
        return new MediaProber(ffmpeg(), FFMPEG_CONFIG, LIMITS).probe(file, new CancellationToken());
    }

    public static MediaConfig withPreset(String preset) {
        return media(
                List.of(
                        new Rung("360p", 360, 800_000),
                        new Rung("540p", 540, 1_500_000),
                        new Rung("720p", 720, 2_500_000)),
                new MediaConfig.X264(preset, 23),
                new MediaConfig.Thumbnails(Duration.ofSeconds(15), 320),
                LIMITS);
    }

    /** Settings with which the largest rendition is encoded in AV1, too. */
    public static MediaConfig withAv1(MediaConfig media) {
        return media.withEncoding(media.toEncodingJson().put("codecs", JsonArray.of("h264", "av1")));
    }

    /** Settings with the other values of {@link #MEDIA}. */
    public static MediaConfig media(
            List<Rung> ladder, MediaConfig.X264 x264, MediaConfig.Thumbnails thumbnails, MediaConfig.Limits limits) {
        return new MediaConfig(
                ladder,
                x264,
                128_000,
                Duration.ofSeconds(2),
                Set.of(MediaConfig.Codec.H264),
                thumbnails,
                MediaConfig.Streaming.HLS,
                new MediaConfig.Growing(false, Duration.ofHours(1)),
                new MediaConfig.Preview(true, true, false),
                OptionalDouble.empty(),
                new MediaConfig.Published(true, true),
                limits);
    }
}
