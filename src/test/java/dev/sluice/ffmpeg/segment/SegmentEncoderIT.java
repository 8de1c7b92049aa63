package dev.sluice.ffmpeg.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.MediaConfig;
import dev.sluice.config.MediaConfig.Rung;
import dev.sluice.ffmpeg.CaptionedClip;
import dev.sluice.ffmpeg.DecodedFrames;
import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.ffmpeg.encode.EncodeRequest;
import dev.sluice.ffmpeg.encode.EncodeRunner;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.probe.FrameTimestampScanner;
import dev.sluice.ffmpeg.process.InputArguments;
import dev.sluice.media.DecimalSeconds;
import dev.sluice.media.Dimensions;
import dev.sluice.media.MediaInfo;
import dev.sluice.media.ProbedSource;
import dev.sluice.media.SourceDamage;
import dev.sluice.media.hybrid.AudioFragmentWriter;
import dev.sluice.media.hybrid.HybridWriter;
import dev.sluice.media.preview.ImageFile;
import dev.sluice.media.preview.TileFiles;
import dev.sluice.media.rendition.EncodeResult;
import dev.sluice.media.rendition.EncodeSpeedEstimator;
import dev.sluice.media.rendition.Rendition;
import dev.sluice.media.rendition.RenditionFile;
import dev.sluice.media.rendition.ThumbnailFile;
import dev.sluice.media.rendition.ThumbnailFiles;
import dev.sluice.media.segment.EncodedSegment;
import dev.sluice.media.segment.Segment;
import dev.sluice.media.segment.SegmentPlan;
import dev.sluice.media.streaming.FileRange;
import dev.sluice.media.streaming.FragmentedStream;
import dev.sluice.media.streaming.StreamPiece;
import dev.sluice.media.streaming.StreamSegment;
import dev.sluice.media.text.CaptionReader;
import dev.sluice.media.text.VideoCaptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares encodes in segments with encodes in one piece. */
@Timeout(180)
class SegmentEncoderIT {
    /** The fastest preset with lookahead. */
    private static final MediaConfig MEDIA = FfmpegFixture.withPreset("veryfast");

    private static final Path CORPUS =
            Path.of(System.getProperty("sluice.shared", "../shared")).resolve("corpus");
    private static final double MIN_SECONDS = 4;
    private static final Duration MIN_SEGMENT = Duration.ofSeconds(2);

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
                            .filter(length -> DecimalSeconds.toSeconds(length) > MIN_SECONDS)
                            .isPresent())
                    .map(row -> CORPUS.resolve(row[0]))
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("longerVideos")
    void matchesWholeEncodeOfRealVideos(Path source) throws IOException {
        assumeTrue(Files.isRegularFile(source), "no corpus at " + CORPUS);

        assertSameInSegments(source, oneRung(Duration.ofSeconds(15)));
    }

    @Test
    void matchesWholeEncodeOfVariableFrameRate() throws IOException {
        assertSameInSegments(
                clip(
                        "testsrc2=size=640x480:rate=60:duration=9,select='not(mod(n,7))+not(mod(n,5))'",
                        "-fps_mode",
                        "vfr"),
                oneRung(Duration.ofSeconds(3)));
    }

    /** Parameter sets of the renditions differ, but not those of segments. */
    @Test
    void matchesWholeEncodeWithReducedEffort() throws IOException {
        MediaConfig medium = FfmpegFixture.withPreset("medium").withEffort(MediaConfig.Effort.REDUCED);

        assertSameInSegments(
                clip("testsrc2=size=640x360:rate=25:duration=6"),
                withLadder(
                        medium,
                        List.of(new Rung("180p", 180, 400_000), new Rung("360p", 360, 800_000)),
                        Duration.ofSeconds(15)));
    }

    static List<List<String>> audio() {
        return List.of(
                List.of("-an"),
                List.of("-af", "asetpts=PTS+1.3/TB"),
                List.of("-af", "atrim=end=2.7"),
                List.of("-af", "apad=pad_dur=2"));
    }

    @ParameterizedTest
    @MethodSource("audio")
    void matchesWholeEncodeWithAnyAudio(List<String> options) throws IOException {
        assertSameInSegments(
                clip("testsrc2=size=320x240:rate=30000/1001:duration=5", options.toArray(String[]::new)),
                oneRung(Duration.ofSeconds(15)));
    }

    @Test
    void matchesWholeEncodeInOneSegment() throws IOException {
        assertSameInSegments(
                clip("testsrc2=size=320x240:rate=25:duration=1.5", "-t", "1.5"), oneRung(Duration.ofSeconds(15)));
    }

    @Test
    void matchesWholeEncodeWithoutStreaming() throws IOException {
        assertSameInSegments(
                clip("testsrc2=size=320x240:rate=25:duration=6", "-af", "asetpts=PTS+1.3/TB"),
                withoutStreaming(oneRung(Duration.ofSeconds(15))));
    }

    /** Hosts may have different encoders during an upgrade: key frames are preceded by the parameter sets of their segment. */
    @Test
    void concatenatesSegmentsWithOtherParameterSets() throws IOException {
        Path source = clip("testsrc2=size=320x240:rate=25:duration=6");
        MediaConfig media = oneRung(Duration.ofSeconds(15));
        MediaConfig other = withLadder(FfmpegFixture.withPreset("medium"), media.ladder(), Duration.ofSeconds(15));

        EncodeResult result = encodeInSegments(
                source,
                FfmpegFixture.probe(source),
                media,
                Files.createDirectory(directory.resolve("joined")),
                segment -> segment.number() == 1 ? other : media);

        RenditionFile file = result.renditions().get(0);
        assertThat(DecodedFrames.of(file.file(), 0, directory).count()).isEqualTo(150);
        assertThat(packets(file.file(), "v", "pts_time,size,flags"))
                .isEqualTo(packets(directory.resolve("joined/reference/180p.mp4"), "v", "pts_time,size,flags"));
    }

    @Test
    void matchesWholeEncodeInAv1() throws IOException {
        EncodeResult whole = assertSameInSegments(
                clip(
                        "testsrc2=size=640x480:rate=60:duration=7,select='not(mod(n,7))+not(mod(n,5))'",
                        "-fps_mode",
                        "vfr"),
                FfmpegFixture.withAv1(withLadder(
                        MEDIA,
                        List.of(new Rung("90p", 90, 200_000), new Rung("180p", 180, 400_000)),
                        Duration.ofSeconds(3))));

        assertThat(whole.renditions()).extracting(RenditionFile::quality).containsExactly("90p", "180p", "180pav1");
        Path h264 = whole.renditions().get(1).file();
        Path av1 = whole.renditions().get(2).file();
        assertThat(FfmpegFixture.entries(av1, "v", "stream=codec_name,pix_fmt,width,height,nb_frames"))
                .containsExactly(
                        "av1,240,180,yuv420p," + whole.renditions().get(2).frames());
        assertThat(whole.renditions().get(2).variant().codecs())
                .isEqualTo(FfmpegFixture.entries(av1, "v", "stream=mime_codec_string")
                                .get(0) + ",mp4a.40.2")
                .startsWith("av01.0.00M.08.0.110.06.06.06.0,");
        assertThat(packets(av1, "v", "pts_time,flags")).isEqualTo(packets(h264, "v", "pts_time,flags"));
    }

    @Test
    void matchesWholeEncodeOfLongPause() throws IOException {
        assertSameInSegments(
                clip("testsrc2=size=640x480:rate=10:duration=16,select='lt(t,3)+gt(t,13)'", "-fps_mode", "vfr"),
                oneRung(Duration.ofSeconds(3)));
    }

    @Test
    void matchesWholeEncodeOfInterlacedVideo() throws IOException {
        assertSameInSegments(
                clip(
                        "testsrc2=size=640x480:rate=25:duration=9,interlace",
                        "-flags",
                        "+ilme+ildct",
                        "-x264opts",
                        "tff=1"),
                oneRung(Duration.ofSeconds(4)));
    }

    /** Deinterlacing passes them on in a queue of its own. */
    @Test
    void matchesWholeEncodeOfClosedCaptionsInInterlacedVideo() throws IOException {
        Path captioned = new CaptionedClip()
                .popOn(1, "Across segments", 40, 130)
                .rollUp(3, "First", 98)
                .rollUp(3, "Second", 140)
                .write(
                        directory.resolve("captioned.mp4"),
                        "testsrc2=size=640x480:rate=25:duration=9",
                        "sine=duration=9");
        Path source = directory.resolve("source.ts");
        FfmpegFixture.output(
                FfmpegFixture.ffmpeg().ffmpeg(),
                List.of(
                        "-nostdin",
                        "-loglevel",
                        "level+error",
                        "-i",
                        captioned.toString(),
                        "-vf",
                        "setfield=tff",
                        "-c:v",
                        "mpeg2video",
                        "-flags",
                        "+ilme+ildct",
                        "-q:v",
                        "4",
                        source.toString()),
                directory);

        EncodeResult whole = assertSameInSegments(source, oneRung(Duration.ofSeconds(4)));

        assertThat(captions(whole.renditions().get(0).file())).hasSize(2);
    }

    @Test
    void matchesWholeEncodeOfSingleKeyFrame() throws IOException {
        assertSameInSegments(
                clip("testsrc2=size=640x480:rate=30000/1001:duration=10", "-g", "10000"),
                oneRung(Duration.ofSeconds(2)));
    }

    /** One initialization segment is enough also if their bitrates differ, times are those of the whole video, and late audio is preceded by silence. */
    @Test
    void piecesAreOneStream() throws IOException {
        Path source = clip("testsrc2=size=640x360:rate=25:duration=9,noise=alls=60:allf=t", "-af", "asetpts=PTS+1/TB");
        MediaInfo info = FfmpegFixture.probe(source);
        MediaConfig media = oneRung(Duration.ofSeconds(15));
        SegmentEncoder encoder = encoder(FfmpegFixture.ffmpeg(), media);
        List<Optional<Duration>> firstFrames = firstFrames(source, info, media).orElseThrow();
        ByteArrayOutputStream video = new ByteArrayOutputStream();
        List<String> expected = new ArrayList<>();
        List<StreamPiece> pieces = new ArrayList<>();
        for (Segment segment : plan(info, media).segments()) {
            Path file = encode(encoder, source, info, segment, firstFrames.get(segment.number()))
                    .files()
                    .get(0);
            expected.addAll(hashes(file, "v"));
            FragmentedStream stream = HybridWriter.replace(file, MIN_SEGMENT, new CancellationToken())
                    .video();
            byte[] content = Files.readAllBytes(file);
            byte[] initialization = range(content, stream.initialization());
            if (pieces.isEmpty()) {
                video.write(initialization);
            }
            for (StreamSegment each : stream.segments()) {
                video.write(range(content, each.range()));
            }
            pieces.add(StreamPiece.of(
                    "x", stream, Arrays.toString(initialization), List.of(), next(firstFrames, segment)));
        }

        Path joined = Files.write(directory.resolve("video.mp4"), video.toByteArray());
        assertThat(pieces).hasSizeGreaterThan(1);
        assertThat(pieces.stream().map(piece -> piece.format().digest()).distinct())
                .hasSize(1);
        List<StreamPiece.Segment> segments =
                pieces.stream().flatMap(piece -> piece.segments().stream()).toList();
        for (int i = 1; i < segments.size(); i++) {
            assertThat(segments.get(i).start())
                    .isEqualTo(
                            segments.get(i - 1).start().plus(segments.get(i - 1).duration()));
        }
        assertThat(hashes(joined, "v")).isEqualTo(expected).hasSize(225);
        assertThat(DecodedFrames.of(joined, 0, directory).count()).isEqualTo(225);

        Path audio = encoder.encodeAudio(
                        FfmpegFixture.request(source, info, Files.createTempDirectory(directory, "audio")),
                        info.audio().orElseThrow(),
                        OptionalDouble.empty())
                .file();
        Path fragments = directory.resolve("audio.mp4");
        FragmentedStream stream = AudioFragmentWriter.write(
                        audio, fragments, Duration.ZERO, MIN_SEGMENT, new CancellationToken())
                .orElseThrow();
        List<String> found = hashes(fragments, "a");
        List<String> packets = hashes(audio, "a");
        List<String> head = hashes(
                encoder.encodeAudioHead(
                        FfmpegFixture.request(source, info, Files.createTempDirectory(directory, "head")),
                        info.audio().orElseThrow(),
                        OptionalDouble.empty(),
                        Duration.ofSeconds(4)),
                "a");
        // The audio starts after a second; 48,000 samples per second, 1024 in a packet.
        assertThat(head).hasSizeBetween(141, 144);
        assertThat(head.subList(0, 139)).isEqualTo(packets.subList(0, 139));
        assertThat(found.subList(found.size() - packets.size(), found.size())).isEqualTo(packets);
        assertThat(found.size() - packets.size()).isBetween(44, 47);
        assertThat(stream.segments().get(0).start()).isBetween(0L, 1023L);
        assertThat(stream.segments()).allMatch(segment -> segment.duration() <= 2 * 48_000 + 1023);
    }

    private static Optional<Duration> next(List<Optional<Duration>> firstFrames, Segment segment) {
        return segment.number() + 1 < firstFrames.size() ? firstFrames.get(segment.number() + 1) : Optional.empty();
    }

    private static byte[] range(byte[] content, FileRange range) {
        return Arrays.copyOfRange(content, (int) range.offset(), (int) range.end());
    }

    /** In decoding order. */
    private static List<String> hashes(Path file, String kind) {
        return packets(file, kind, "dts_time,data_hash").stream()
                .map(line -> line.split(",", 2)[1])
                .toList();
    }

    /**
     * The second segment starts in the first interval, which has content only after a black start, and the third interval has
     * none.
     */
    @Test
    void matchesThumbnailsOfWholeEncode() throws IOException {
        MediaConfig media = oneRung(Duration.ofSeconds(7));
        Path source = clip("testsrc2=size=320x240:rate=25:duration=18,"
                + "drawbox=color=black:t=fill:enable='lt(t,5.3)+gt(t,13.9)'");

        assertSameInSegments(source, media);

        assertThat(ThumbnailFiles.list(directory.resolve("joined"), new Dimensions(320, 240)))
                .extracting(ThumbnailFile::timestamp)
                .containsExactly(Duration.ofMillis(5520), Duration.ofSeconds(7), Duration.ofSeconds(14));
    }

    /** FFmpeg informs no filter of the aspect ratio of the frames of a transport stream. */
    @Test
    void fitsFramesOfAnotherAspectRatioInTransportStreamWithBars() throws IOException {
        Path source = directory.resolve("source.ts");
        try (OutputStream both = Files.newOutputStream(source)) {
            Files.copy(whiteFrames("first.ts", "320x240", "setsar=1", "mpeg2video", 1), both);
            Files.copy(whiteFrames("second.ts", "320x240", "setsar=4/3", "mpeg2video", 5), both);
            Files.copy(whiteFrames("third.ts", "320x240", "setsar=1", "mpeg2video", 9), both);
        }

        assertSameInSegments(source, oneRung(Duration.ofSeconds(15)));

        assertThat(framesWithoutBars(directory.resolve("whole"), "iw:8:0:0")).isEqualTo(200);
        assertThat(framesWithoutBars(directory.resolve("joined"), "iw:8:0:0")).isEqualTo(200);
    }

    /** The frames from 12 s to 16 s are between two points of the survey. */
    @Test
    void fitsFramesOfAnotherSizeThatSurveyMissesWithBars() throws IOException {
        Path landscape = whiteFrames("landscape.mkv", "320x240", "null", "libvpx", 0);
        Path portrait = whiteFrames("portrait.mkv", "240x320", "null", "libvpx", 0);
        Path list = Files.writeString(
                directory.resolve("list.txt"),
                ("file '" + landscape + "'\n").repeat(3) + "file '" + portrait + "'\n"
                        + ("file '" + landscape + "'\n").repeat(13));
        Path source = directory.resolve("source.mkv");
        FfmpegFixture.output(
                FfmpegFixture.ffmpeg().ffmpeg(),
                List.of(
                        "-loglevel",
                        "error",
                        "-f",
                        "concat",
                        "-safe",
                        "0",
                        "-i",
                        list.toString(),
                        "-c",
                        "copy",
                        source.toString()),
                directory);
        Path encoded = Files.createDirectory(directory.resolve("whole"));

        FfmpegFixture.encoder(oneRung(Duration.ofSeconds(15)))
                .encode(FfmpegFixture.request(source, FfmpegFixture.probe(source), encoded));

        assertThat(framesWithoutBars(encoded, "8:ih:0:0")).isEqualTo(1600);
    }

    /** Four seconds at 25 frames per second. */
    private Path whiteFrames(String name, String size, String filter, String codec, int offsetSeconds) {
        Path file = directory.resolve(name);
        FfmpegFixture.output(
                FfmpegFixture.ffmpeg().ffmpeg(),
                List.of(
                        "-loglevel",
                        "error",
                        "-f",
                        "lavfi",
                        "-i",
                        "color=white:size=" + size + ":rate=25:duration=4,drawbox=8:8:iw-16:ih-16:gray:t=fill,"
                                + filter,
                        "-c:v",
                        codec,
                        "-output_ts_offset",
                        Integer.toString(offsetSeconds),
                        "-muxdelay",
                        "0",
                        file.toString()),
                directory);
        return file;
    }

    /** The number of frames of the only rendition with this part in white. */
    private static long framesWithoutBars(Path directory, String part) {
        return FfmpegFixture.values(
                        directory.resolve("180p.mp4"),
                        "-vf",
                        "crop=" + part + ",signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=-")
                .stream()
                .filter(luma -> luma > 150)
                .count();
    }

    /** Long enough for several key frames in a segment. */
    @Test
    void matchesWholeEncodeInAllRenditions() throws IOException {
        List<Rung> ladder =
                List.of(new Rung("180p", 180, 400_000), new Rung("270p", 270, 600_000), new Rung("360p", 360, 800_000));

        assertSameInSegments(
                clip("testsrc2=size=640x368:rate=24000/1001:duration=16", "-bf", "3"),
                withLadder(MEDIA, ladder, Duration.ofSeconds(15)));
    }

    /** AVI files number their frames and contain only the decoding order. */
    @Test
    void doesNotSegmentSourceWithoutTimestamps() {
        Path source = FfmpegFixture.clip(
                directory.resolve("source.avi"),
                "testsrc2=size=320x240:rate=25:duration=6",
                "sine=duration=6",
                "-bf",
                "3",
                "-preset",
                "medium");

        assertThat(firstFrames(source, FfmpegFixture.probe(source), MEDIA)).isEmpty();
    }

    @Test
    void includesFirstFrameWhenSeekPassesIt() throws IOException {
        MediaConfig media = oneRung(Duration.ofSeconds(15));
        Path source = clip("testsrc2=size=320x240:rate=25:duration=8");
        MediaInfo info = FfmpegFixture.probe(source);
        Segment segment = plan(info, media).segment(1);
        SegmentEncoder encoder = encoder(FfmpegFixture.ffmpeg(), media);
        Duration first = firstFrames(source, info, media).orElseThrow().get(1).orElseThrow();

        EncodedSegment withSeek = encode(encoder, source, info, segment, Optional.of(first));
        // Simulates a frame that was not found by seeking.
        EncodedSegment decoded = encode(encoder, source, info, segment, Optional.of(first.minusSeconds(1)));

        assertThat(withSeek.frames()).hasValue(new EncodedSegment.FrameRange(50, first));
        assertThat(decoded.frames()).isEqualTo(withSeek.frames());
    }

    /** The error message alone does not show that a segment has no frames. */
    @Test
    void failsWhenMissingFramesHaveAnotherCause() throws IOException {
        MediaConfig media = oneRung(Duration.ofSeconds(3));
        Path source = clip("testsrc2=size=320x240:rate=10:duration=16,select='lt(t,3)+gt(t,13)'", "-fps_mode", "vfr");
        MediaInfo info = FfmpegFixture.probe(source);
        Segment paused = plan(info, media).segment(1);

        assertThat(encode(encoder(FfmpegFixture.ffmpeg(), media), source, info, paused, Optional.empty())
                        .frames())
                .isEmpty();
        assertThatThrownBy(
                        () -> encode(encoder(failingFfmpeg("exit 1"), media), source, info, paused, Optional.empty()))
                .hasMessageContaining("exit code 1");
        FfmpegInstallation unreadable = failingFfmpeg("echo '[error] Input/output error' >&2");
        assertThatThrownBy(() -> encode(encoder(unreadable, media), source, info, paused, Optional.empty()))
                .hasMessageContaining("exit code 234");
    }

    /** An FFmpeg that runs these commands at its end. */
    private FfmpegInstallation failingFfmpeg(String end) throws IOException {
        return FfmpegFixture.script(directory, "\"$FFMPEG\" \"$@\"\ncode=$?\n" + end + "\nexit $code");
    }

    private EncodedSegment encode(
            SegmentEncoder encoder, Path source, MediaInfo info, Segment segment, Optional<Duration> first)
            throws IOException {
        return encoder.encodeVideo(new SegmentRequest(
                FfmpegFixture.request(source, info, Files.createTempDirectory(directory, "segment")),
                info.video().displaySize(),
                segment,
                first));
    }

    private static SegmentEncoder encoder(FfmpegInstallation ffmpeg, MediaConfig media) {
        return new SegmentEncoder(
                new EncodeRunner(ffmpeg, FfmpegFixture.FFMPEG_CONFIG, media), new EncodeSpeedEstimator());
    }

    private static SegmentPlan plan(MediaInfo info, MediaConfig media) {
        Duration begin = info.times().videoStart().orElse(Duration.ZERO);
        Duration length = info.duration().orElseThrow();
        return SegmentPlan.of(
                begin, begin.plus(length), MIN_SEGMENT.plus(length.dividedBy(5)), media.keyFrameInterval());
    }

    static Optional<List<Optional<Duration>>> firstFrames(Path source, MediaInfo info, MediaConfig media) {
        return new FrameTimestampScanner(FfmpegFixture.ffmpeg(), FfmpegFixture.FFMPEG_CONFIG, media.limits())
                .scan(new ProbedSource(source, info), new CancellationToken())
                .map(times -> times.firstFrameTimes(plan(info, media)));
    }

    private EncodeResult assertSameInSegments(Path source, MediaConfig media) throws IOException {
        MediaInfo info = FfmpegFixture.probe(source);
        Path wholeDirectory = Files.createDirectory(directory.resolve("whole"));
        EncodeResult whole = FfmpegFixture.encoder(media).encode(FfmpegFixture.request(source, info, wholeDirectory));
        EncodeResult concatenated =
                encodeInSegments(source, info, media, Files.createDirectory(directory.resolve("joined")));

        assertThat(concatenated.thumbnails())
                .extracting(ThumbnailFile::timestamp)
                .containsExactlyElementsOf(whole.thumbnails().stream()
                        .map(ThumbnailFile::timestamp)
                        .toList());
        assertThat(concatenated.warnings()).isEqualTo(whole.warnings());
        assertThat(concatenated.previews().storyboard().orElseThrow().times())
                .isEqualTo(whole.previews().storyboard().orElseThrow().times());
        assertThat(concatenated.previews().poster().map(ImageFile::timestamp))
                .isEqualTo(whole.previews().poster().map(ImageFile::timestamp))
                .isPresent();
        assertThat(concatenated.loudness()).isEqualTo(whole.loudness());
        for (RenditionFile file : whole.renditions()) {
            RenditionFile other = concatenated.renditions().stream()
                    .filter(each -> each.quality().equals(file.quality()))
                    .findFirst()
                    .orElseThrow();
            assertThat(other.frames()).isEqualTo(file.frames());
            assertThat(packets(other.file(), "v", "pts_time,flags"))
                    .isEqualTo(packets(file.file(), "v", "pts_time,flags"));
            assertThat(packets(other.file(), "a", "pts_time,data_hash"))
                    .isEqualTo(packets(file.file(), "a", "pts_time,data_hash"));
            assertThat(DecodedFrames.of(other.file(), 0, directory).count()).isEqualTo(file.frames());
            if (!file.isAv1()) {
                assertThat(captions(other.file())).isEqualTo(captions(file.file()));
            }
        }
        return whole;
    }

    private static List<String> captions(Path file) throws IOException {
        VideoCaptions captions = CaptionReader.read(file, new CancellationToken());
        return captions.summary().channels().stream().map(captions::scc).toList();
    }

    static EncodeResult encodeInSegments(Path source, MediaInfo info, MediaConfig media, Path directory)
            throws IOException {
        return encodeInSegments(source, info, media, directory, segment -> media);
    }

    /** Encodes each segment with its own settings; everything else with {@code media}. */
    private static EncodeResult encodeInSegments(
            Path source, MediaInfo info, MediaConfig media, Path directory, Function<Segment, MediaConfig> settings)
            throws IOException {
        SegmentEncoder encoder = encoder(FfmpegFixture.ffmpeg(), media);
        SegmentPlan plan = plan(info, media);
        List<Optional<Duration>> firstFrames = firstFrames(source, info, media).orElseThrow();

        List<EncodedSegment> encoded = new ArrayList<>();
        for (Segment segment : plan.segments()) {
            Path segmentDirectory = Files.createDirectory(directory.resolve(Integer.toString(segment.number())));
            encoded.add(encoder(FfmpegFixture.ffmpeg(), settings.apply(segment))
                    .encodeVideo(new SegmentRequest(
                            FfmpegFixture.request(source, info, segmentDirectory),
                            info.video().displaySize(),
                            segment,
                            firstFrames.get(segment.number()))));
        }
        List<SourceDamage> damage =
                new ArrayList<>(encoded.stream().map(EncodedSegment::damage).toList());
        Optional<SegmentEncoder.EncodedAudio> encodedAudio = info.audio().map(audio -> {
            EncodeRequest request = FfmpegFixture.request(source, info, directory);
            return encoder.encodeAudio(request, audio, encoder.runner().gain(request, audio));
        });
        encodedAudio.ifPresent(audio -> damage.add(audio.damage()));
        List<Path> files =
                encoded.stream().flatMap(segment -> segment.files().stream()).toList();
        List<String> names =
                files.stream().map(file -> String.valueOf(file.getFileName())).toList();
        for (String thumbnail : ThumbnailFiles.firstPerInterval(
                names, plan.start(), media.thumbnails().interval())) {
            Files.copy(files.get(names.indexOf(thumbnail)), directory.resolve(thumbnail));
        }
        for (Path file : files) {
            if (TileFiles.isTile(String.valueOf(file.getFileName()))) {
                Files.copy(file, directory.resolve(file.getFileName()));
            }
        }
        List<Optional<EncodedSegment.FrameRange>> frames =
                encoded.stream().map(EncodedSegment::frames).toList();
        EncodeRunner runner = FfmpegFixture.runner(media);
        ConcatReference reference = ConcatReference.create(
                directory,
                runner.renditions(info.video().displaySize()),
                info.audio().isPresent(),
                frames);
        List<Long> written = new ArrayList<>();
        EncodeResult result = new SegmentConcatenator(runner)
                .concatenate(
                        directory,
                        new SegmentConcatenator.Request(
                                info.video().displaySize(),
                                info.audio().isPresent(),
                                info.duration(),
                                info.times(),
                                damage.stream().reduce(new SourceDamage(false, false), SourceDamage::merge),
                                Optional.of(info.video().color().output()),
                                info.video().frameRate(),
                                frames),
                        file -> written.add(
                                count(directory, runner.renditions(info.video().displaySize()))),
                        new CancellationToken())
                .withLoudness(encodedAudio.flatMap(SegmentEncoder.EncodedAudio::loudness));
        reference.assertSame();
        assertThat(written)
                .as("renditions that exist when each is complete")
                .isEqualTo(LongStream.rangeClosed(1, result.renditions().size())
                        .boxed()
                        .toList());
        return result;
    }

    private static long count(Path directory, List<Rendition> renditions) {
        return renditions.stream()
                .filter(rendition -> Files.exists(directory.resolve(rendition.fileName())))
                .count();
    }

    private static MediaConfig oneRung(Duration thumbnails) {
        return withLadder(MEDIA, List.of(new Rung("180p", 180, 400_000)), thumbnails);
    }

    private static MediaConfig withoutStreaming(MediaConfig media) {
        return new MediaConfig(
                media.ladder(),
                media.x264(),
                media.audioBitrate(),
                media.keyFrameInterval(),
                media.codecs(),
                media.thumbnails(),
                MediaConfig.Streaming.NONE,
                media.growing(),
                media.preview(),
                media.loudnessTarget(),
                media.published(),
                media.limits());
    }

    private static MediaConfig withLadder(MediaConfig media, List<Rung> ladder, Duration thumbnails) {
        return FfmpegFixture.media(
                ladder,
                media.x264(),
                new MediaConfig.Thumbnails(thumbnails, media.thumbnails().width()),
                media.limits());
    }

    private Path clip(String video, String... more) {
        return FfmpegFixture.clip(directory.resolve("source.mp4"), video, "sine=duration=9", more);
    }

    /** Entries of all packets of a type of stream, by timestamp. */
    static List<String> packets(Path file, String kind, String what) {
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
                        file.getParent())
                .stream()
                .sorted(Comparator.comparingDouble(line -> Double.parseDouble(line.split(",", 2)[0])))
                .toList();
    }
}
