package dev.sluice.ffmpeg.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.FfmpegConfig.SandboxMode;
import dev.sluice.config.MediaConfig;
import dev.sluice.config.MediaConfig.Rung;
import dev.sluice.ffmpeg.DecodedFrames;
import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.ffmpeg.encode.EncodeRunner;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.probe.FrameTimestampScanner;
import dev.sluice.ffmpeg.process.InputArguments;
import dev.sluice.media.DecimalSeconds;
import dev.sluice.media.MediaInfo;
import dev.sluice.media.ProbedSource;
import dev.sluice.media.SourceDamage;
import dev.sluice.media.rendition.EncodeResult;
import dev.sluice.media.rendition.EncodeSpeedEstimator;
import dev.sluice.media.rendition.RenditionFile;
import dev.sluice.media.rendition.ThumbnailFile;
import dev.sluice.media.rendition.ThumbnailFiles;
import dev.sluice.media.segment.EncodedSegment;
import dev.sluice.media.segment.Segment;
import dev.sluice.media.segment.SegmentPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is encoded in segments and joined against what is encoded whole. */
@Timeout(180)
class SegmentEncoderIT {
    /** The fastest with which x264 looks ahead. */
    private static final MediaConfig MEDIA = FfmpegFixture.withPreset("veryfast");

    private static final Path CORPUS =
            Path.of(System.getProperty("sluice.shared", "../shared")).resolve("corpus");
    private static final double SHORTEST_SECONDS = 4;
    private static final Duration SHORTEST = Duration.ofSeconds(2);

    @TempDir
    private Path directory;

    static List<Path> longerVideos() throws IOException {
        Path manifest = CORPUS.resolve("manifest.tsv");
        if (!Files.exists(manifest)) {
            return List.of(CORPUS);
        }
        try (Stream<String> lines = Files.lines(manifest)) {
            return lines.skip(1)
                    .map(line -> line.split("\t", -1))
                    .filter(row -> !row[18].equals("failed"))
                    .filter(row -> DecimalSeconds.parse(row[14])
                            .filter(length -> DecimalSeconds.toSeconds(length) > SHORTEST_SECONDS)
                            .isPresent())
                    .map(row -> CORPUS.resolve(row[0]))
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("longerVideos")
    void areTheSameOfRealVideos(Path source) throws IOException {
        assumeTrue(Files.isRegularFile(source), "no corpus at " + CORPUS);

        assertSameInSegments(source, oneRung(Duration.ofSeconds(15)));
    }

    @Test
    void areTheSameOfAVariableRate() throws IOException {
        assertSameInSegments(
                clip(
                        "testsrc2=size=640x480:rate=60:duration=9,select='not(mod(n,7))+not(mod(n,5))'",
                        "-fps_mode",
                        "vfr"),
                oneRung(Duration.ofSeconds(3)));
    }

    @Test
    void areTheSameOfAFilmThatStandsStillForALongTime() throws IOException {
        assertSameInSegments(
                clip("testsrc2=size=640x480:rate=10:duration=16,select='lt(t,3)+gt(t,13)'", "-fps_mode", "vfr"),
                oneRung(Duration.ofSeconds(3)));
    }

    @Test
    void areTheSameOfFieldsThatAreMadeToFrames() throws IOException {
        assertSameInSegments(
                clip(
                        "testsrc2=size=640x480:rate=25:duration=9,interlace",
                        "-flags",
                        "+ilme+ildct",
                        "-x264opts",
                        "tff=1"),
                oneRung(Duration.ofSeconds(4)));
    }

    @Test
    void areTheSameOfAFilmWithOneKeyFrame() throws IOException {
        assertSameInSegments(
                clip("testsrc2=size=640x480:rate=30000/1001:duration=10", "-g", "10000"),
                oneRung(Duration.ofSeconds(2)));
    }

    /** Long enough for several key frames in a segment. */
    @Test
    void areTheSameInAllRenditions() throws IOException {
        assertSameInSegments(clip("testsrc2=size=1280x736:rate=24000/1001:duration=16", "-bf", "3"), MEDIA);
    }

    /** Containers of that kind number their pictures, and tell only the order in which they are decoded. */
    @Test
    void areNotMadeOfWhatDoesNotSayWhenItsPicturesAreShown() {
        Path source = FfmpegFixture.clip(
                directory.resolve("source.avi"),
                "testsrc2=size=320x240:rate=25:duration=6",
                "sine=duration=6",
                "-bf",
                "3",
                "-preset",
                "medium");

        assertThat(firsts(source, FfmpegFixture.probe(source), MEDIA)).isEmpty();
    }

    @Test
    void haveTheirFirstFramesAlsoWhereSeekingLeadsBehindThem() throws IOException {
        MediaConfig media = oneRung(Duration.ofSeconds(15));
        Path source = clip("testsrc2=size=320x240:rate=25:duration=8");
        MediaInfo info = FfmpegFixture.probe(source);
        Segment segment = plan(info, media).segment(1);
        SegmentEncoder encoder = encoder(FfmpegFixture.ffmpeg(), media);
        Duration first = firsts(source, info, media).orElseThrow().get(1).orElseThrow();

        EncodedSegment sought = encode(encoder, source, info, segment, Optional.of(first));
        // As if a frame had been there that seeking did not find.
        EncodedSegment decoded = encode(encoder, source, info, segment, Optional.of(first.minusSeconds(1)));

        assertThat(sought.frames()).hasValue(new EncodedSegment.FrameRange(50, first));
        assertThat(decoded.frames()).isEqualTo(sought.frames());
    }

    /** What FFmpeg says alone is not enough to take a part of a film for empty. */
    @Test
    void areNotWithoutFramesWhereFfmpegFailedOtherwise() throws IOException {
        MediaConfig media = oneRung(Duration.ofSeconds(3));
        Path source = clip("testsrc2=size=320x240:rate=10:duration=16,select='lt(t,3)+gt(t,13)'", "-fps_mode", "vfr");
        MediaInfo info = FfmpegFixture.probe(source);
        Segment paused = plan(info, media).segment(1);

        assertThat(encode(encoder(FfmpegFixture.ffmpeg(), media), source, info, paused, Optional.empty())
                        .frames())
                .isEmpty();
        assertThatThrownBy(() -> encode(encoder(ending("exit 1"), media), source, info, paused, Optional.empty()))
                .hasMessageContaining("exit code 1");
        FfmpegInstallation unreadable = ending("echo '[error] Input/output error' >&2");
        assertThatThrownBy(() -> encode(encoder(unreadable, media), source, info, paused, Optional.empty()))
                .hasMessageContaining("exit code 234");
    }

    /** An FFmpeg that does so in the end. */
    private FfmpegInstallation ending(String end) throws IOException {
        FfmpegInstallation real = FfmpegFixture.ffmpeg(SandboxMode.OFF);
        Path script = Files.writeString(
                Files.createTempDirectory(directory, "bin").resolve("ffmpeg"), """
                #!/bin/sh
                '%s' "$@"
                code=$?
                %s
                exit $code
                """.formatted(real.ffmpeg(), end));
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

    private EncodedSegment encode(
            SegmentEncoder encoder, Path source, MediaInfo info, Segment segment, Optional<Duration> first)
            throws IOException {
        return encoder.encodeVideo(new SegmentRequest(
                FfmpegFixture.request(source, info, Files.createTempDirectory(directory, "segment")), segment, first));
    }

    private static SegmentEncoder encoder(FfmpegInstallation ffmpeg, MediaConfig media) {
        return new SegmentEncoder(
                new EncodeRunner(ffmpeg, FfmpegFixture.FFMPEG_CONFIG, media), new EncodeSpeedEstimator(2));
    }

    private static SegmentPlan plan(MediaInfo info, MediaConfig media) {
        Duration begin = info.startTime().orElse(Duration.ZERO);
        Duration length = info.duration().orElseThrow();
        return SegmentPlan.of(begin, begin.plus(length), SHORTEST.plus(length.dividedBy(5)), media.keyFrameInterval());
    }

    private static Optional<List<Optional<Duration>>> firsts(Path source, MediaInfo info, MediaConfig media) {
        return new FrameTimestampScanner(FfmpegFixture.ffmpeg(), FfmpegFixture.FFMPEG_CONFIG, media.limits())
                .scan(new ProbedSource(source, info), new CancellationToken())
                .map(times -> times.firstFrameTimes(plan(info, media)));
    }

    private void assertSameInSegments(Path source, MediaConfig media) throws IOException {
        MediaInfo info = FfmpegFixture.probe(source);
        Path wholeDirectory = Files.createDirectory(directory.resolve("whole"));
        EncodeResult whole = FfmpegFixture.encoder(media).encode(FfmpegFixture.request(source, info, wholeDirectory));
        EncodeResult joined = inSegments(source, info, media, Files.createDirectory(directory.resolve("joined")));

        assertThat(joined.thumbnails())
                .extracting(ThumbnailFile::timestamp)
                .containsExactlyElementsOf(whole.thumbnails().stream()
                        .map(ThumbnailFile::timestamp)
                        .toList());
        assertThat(joined.warnings()).isEqualTo(whole.warnings());
        for (RenditionFile file : whole.renditions()) {
            RenditionFile other = joined.renditions().stream()
                    .filter(each -> each.quality().equals(file.quality()))
                    .findFirst()
                    .orElseThrow();
            assertThat(other.frames()).isEqualTo(file.frames());
            assertThat(packets(other.file(), "v", "pts_time,flags"))
                    .isEqualTo(packets(file.file(), "v", "pts_time,flags"));
            assertThat(packets(other.file(), "a", "pts_time,data_hash"))
                    .isEqualTo(packets(file.file(), "a", "pts_time,data_hash"));
            assertThat(DecodedFrames.of(other.file(), 0, directory).count()).isEqualTo(file.frames());
        }
    }

    private static EncodeResult inSegments(Path source, MediaInfo info, MediaConfig media, Path directory)
            throws IOException {
        SegmentEncoder parts = encoder(FfmpegFixture.ffmpeg(), media);
        SegmentPlan plan = plan(info, media);
        List<Optional<Duration>> firsts = firsts(source, info, media).orElseThrow();

        List<EncodedSegment> made = new ArrayList<>();
        for (Segment segment : plan.segments()) {
            Path of = Files.createDirectory(directory.resolve(Integer.toString(segment.number())));
            made.add(parts.encodeVideo(new SegmentRequest(
                    FfmpegFixture.request(source, info, of), segment, firsts.get(segment.number()))));
        }
        if (info.audio().isPresent()) {
            assertThat(parts.encodeAudio(
                            FfmpegFixture.request(source, info, directory),
                            info.audio().get()))
                    .exists();
        }
        List<Path> files =
                made.stream().flatMap(segment -> segment.files().stream()).toList();
        List<String> names =
                files.stream().map(file -> String.valueOf(file.getFileName())).toList();
        for (String thumbnail : ThumbnailFiles.firstPerInterval(
                names, plan.start(), media.thumbnails().interval())) {
            Files.copy(files.get(names.indexOf(thumbnail)), directory.resolve(thumbnail));
        }
        return new SegmentConcatenator(FfmpegFixture.runner(media))
                .concatenate(
                        directory,
                        new SegmentConcatenator.Request(
                                info.video().displaySize(),
                                info.audio().isPresent(),
                                info.duration(),
                                made.stream()
                                        .map(EncodedSegment::damage)
                                        .reduce(new SourceDamage(false, false), SourceDamage::merge),
                                made.stream().map(EncodedSegment::frames).toList()),
                        new CancellationToken());
    }

    private static MediaConfig oneRung(Duration thumbnails) {
        MediaConfig media = MEDIA;
        return new MediaConfig(
                List.of(new Rung("180p", 180, 400_000)),
                media.x264(),
                media.audioBitrate(),
                media.keyFrameInterval(),
                new MediaConfig.Thumbnails(thumbnails, media.thumbnails().width()),
                media.limits());
    }

    private Path clip(String video, String... more) {
        return FfmpegFixture.clip(directory.resolve("source.mp4"), video, "sine=duration=9", more);
    }

    /** What is said of all packets of a kind of stream, in the order in which they are shown. */
    private List<String> packets(Path file, String kind, String what) {
        return FfmpegFixture.output(
                        FfmpegFixture.ffmpeg().ffprobe(),
                        List.of(
                                "-loglevel",
                                "error",
                                "-select_streams",
                                kind,
                                "-show_data_hash",
                                "adler32",
                                "-show_entries",
                                "packet=" + what,
                                "-print_format",
                                "csv=print_section=0",
                                InputArguments.url(file)),
                        directory)
                .stream()
                .sorted(Comparator.comparingDouble(line -> Double.parseDouble(line.split(",", 2)[0])))
                .toList();
    }
}
