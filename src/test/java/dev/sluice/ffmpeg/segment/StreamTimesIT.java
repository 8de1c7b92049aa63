package dev.sluice.ffmpeg.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.config.MediaConfig;
import dev.sluice.config.MediaConfig.Rung;
import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.ffmpeg.process.InputArguments;
import dev.sluice.media.MediaInfo;
import dev.sluice.media.rendition.EncodeResult;
import dev.sluice.media.rendition.RenditionFile;
import dev.sluice.media.rendition.ThumbnailFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks that audio and video of the outputs are synchronous: each second has a flash and a beep that start together. */
@Timeout(180)
class StreamTimesIT {
    private static final List<String> CONTAINERS =
            List.of("mp4", "mkv", "webm", "ts", "m2ts", "mpg", "flv", "avi", "wmv", "mov");
    /** Seconds from the start of the video to the start of the audio. */
    private static final List<Double> OFFSETS = List.of(-2.0, -1.0, -0.3, 0.0, 0.3, 1.0, 2.0);
    /** All 70 combinations instead of the ones that found errors. */
    private static final boolean COMPLETE = "complete".equals(System.getProperty("sluice.matrix"));

    private static final List<String> H264 = List.of("-c:v", "libx264", "-preset", "ultrafast", "-bf", "2");
    /** One frame and the resolution of timestamps. */
    private static final double TOLERANCE = 0.045;

    /** Few pixels, one rendition. */
    private static final MediaConfig MEDIA = new MediaConfig(
            List.of(new Rung("90p", 90, 200_000)),
            FfmpegFixture.MEDIA.x264(),
            FfmpegFixture.MEDIA.audioBitrate(),
            Duration.ofSeconds(2),
            Set.of(MediaConfig.Codec.H264),
            new MediaConfig.Thumbnails(Duration.ofSeconds(2), 160),
            MediaConfig.Streaming.HLS,
            new MediaConfig.Growing(false, Duration.ofHours(1)),
            new MediaConfig.Preview(false, false, false),
            OptionalDouble.empty(),
            new MediaConfig.Published(true, true),
            FfmpegFixture.LIMITS);

    @TempDir
    private Path directory;

    record Case(String container, double offset) {}

    static Stream<Case> offsetsInContainers() {
        List<Case> cases = new ArrayList<>();
        for (String container : CONTAINERS) {
            boolean isMpeg = List.of("ts", "m2ts", "mpg").contains(container);
            for (double offset : COMPLETE ? OFFSETS : isMpeg ? List.of(-1.0, 1.0) : List.of(1.0)) {
                cases.add(new Case(container, offset));
            }
        }
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("offsetsInContainers")
    void keepsOffsetOfAudio(Case each) throws IOException {
        assertSynchronousInSegments(source("source." + each.container(), each.offset(), encoders(each.container())));
    }

    private static List<String> encoders(String container) {
        return switch (container) {
            case "webm" -> List.of("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus");
            case "m2ts" ->
                Stream.concat(H264.stream(), Stream.of("-c:a", "aac", "-mpegts_m2ts_mode", "1", "-f", "mpegts"))
                        .toList();
            case "mpg" -> List.of("-c:v", "mpeg2video", "-c:a", "mp2");
            case "avi" -> List.of("-c:v", "mpeg4", "-c:a", "libmp3lame");
            case "wmv" -> List.of("-c:v", "wmv2", "-c:a", "wmav2");
            default -> Stream.concat(H264.stream(), Stream.of("-c:a", "aac")).toList();
        };
    }

    /** Recordings of digital television in which one stream starts about a second later. */
    @ParameterizedTest
    @CsvSource({"ts_audio_1s_before_video.ts, 1.023, 0", "ts_video_1s_before_audio.ts, 0, 0.955"})
    void keepsOffsetOfAudioInRealTransportStreams(String name, double video, double audio) throws IOException {
        Path source = Path.of(System.getProperty("sluice.shared", "../shared"))
                .resolve("cases")
                .resolve(name);
        assumeTrue(Files.exists(source), "no file " + source);
        MediaInfo info = FfmpegFixture.probe(source);

        EncodeResult joined = SegmentEncoderIT.encodeInSegments(
                source, info, MEDIA, Files.createDirectory(directory.resolve("joined")));

        assertThat(joined.warnings()).isEmpty();
        assertThat(firstPacket(file(joined), "v")).isCloseTo(video, within(0.001));
        // The first packet of AAC contains 1024 samples that are not played.
        assertThat(firstPacket(file(joined), "a")).isCloseTo(audio, within(0.023));
    }

    private static double firstPacket(Path file, String stream) {
        return Double.parseDouble(
                SegmentEncoderIT.packets(file, stream, "pts_time").get(0).replace(",", ""));
    }

    private void assertSynchronousInSegments(Path source) throws IOException {
        MediaInfo info = FfmpegFixture.probe(source);
        EncodeResult whole = FfmpegFixture.encoder(MEDIA)
                .encode(FfmpegFixture.request(source, info, Files.createDirectory(directory.resolve("whole"))));
        assertThat(whole.warnings()).isEmpty();
        assertSynchronous(file(whole));
        if (SegmentEncoderIT.firstFrames(source, info, MEDIA).isEmpty()) {
            return;
        }
        EncodeResult joined = SegmentEncoderIT.encodeInSegments(
                source, info, MEDIA, Files.createDirectory(directory.resolve("joined")));
        assertThat(joined.warnings()).isEmpty();
        assertSynchronous(file(joined));
        assertThat(joined.thumbnails())
                .extracting(ThumbnailFile::timestamp)
                .isEqualTo(whole.thumbnails().stream()
                        .map(ThumbnailFile::timestamp)
                        .toList());
        assertThat(SegmentEncoderIT.packets(file(joined), "v", "pts_time,flags"))
                .isEqualTo(SegmentEncoderIT.packets(file(whole), "v", "pts_time,flags"));
        assertThat(SegmentEncoderIT.packets(file(joined), "a", "pts_time,data_hash"))
                .isEqualTo(SegmentEncoderIT.packets(file(whole), "a", "pts_time,data_hash"));
    }

    private static Path file(EncodeResult result) {
        return result.renditions().get(0).file();
    }

    private void assertSynchronous(Path file) {
        List<Double> flashes = flashes(file);
        List<Double> beeps = beeps(file);
        assertThat(flashes).hasSizeGreaterThan(3);
        // The audio starts or ends with a part of a beep, or without one.
        List<Double> common = beeps.stream()
                .filter(beep -> beep > beeps.get(0) && beep < flashes.get(flashes.size() - 1))
                .filter(beep -> beep > flashes.get(0) + 0.5)
                .toList();
        assertThat(common)
                .hasSizeGreaterThan(2)
                .allSatisfy(beep -> assertThat(flashes.stream()
                                .map(flash -> beep - flash)
                                .min(Comparator.comparingDouble(Math::abs))
                                .orElseThrow())
                        .isCloseTo(0, within(TOLERANCE)));
    }

    private static List<Double> flashes(Path file) {
        List<Double> flashes = new ArrayList<>();
        double time = 0;
        boolean wasBright = false;
        for (String line :
                FfmpegFixture.filtered(file, "-vf", "signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=-")) {
            if (line.startsWith("frame:")) {
                time = Double.parseDouble(line.substring(line.indexOf("pts_time:") + "pts_time:".length()));
            } else {
                boolean isBright = Double.parseDouble(line.substring(line.indexOf('=') + 1)) > 100;
                if (isBright && !wasBright) {
                    flashes.add(time);
                }
                wasBright = isBright;
            }
        }
        return flashes;
    }

    private static List<Double> beeps(Path file) {
        return FfmpegFixture.values(
                file, "-af", "silencedetect=n=0.05:d=0.3,ametadata=print:key=lavfi.silence_end:file=-");
    }

    /** Eight seconds. A flash and a beep of 0.2 s start with each second of the video. */
    private Path source(String name, double offset, List<String> encoders) {
        double video = Math.max(0, -offset);
        double audio = Math.max(0, offset);
        String time = "mod(t+" + seconds(audio) + "-" + seconds(video) + "+10,1)";
        List<String> command = new ArrayList<>(List.of("-nostdin", "-loglevel", "level+error", "-y"));
        command.addAll(List.of("-itsoffset", seconds(video), "-f", "lavfi", "-i"));
        command.add("color=size=160x120:rate=25:duration=8,geq=lum='if(lt(mod(T,1),0.2),235,16)':cb=128:cr=128");
        command.addAll(List.of("-itsoffset", seconds(audio), "-f", "lavfi", "-i"));
        command.add(
                "aevalsrc='if(lt(" + time + ",0.2),0.8*sin(2*PI*1000*t),0)':s=48000:d=" + seconds(8 + video - audio));
        command.addAll(List.of("-map", "0:v", "-map", "1:a", "-pix_fmt", "yuv420p", "-g", "25", "-b:v", "500k"));
        command.addAll(encoders);
        Path file = directory.resolve(name);
        command.add(InputArguments.url(file));
        FfmpegFixture.output(FfmpegFixture.ffmpeg().ffmpeg(), command, directory);
        return file;
    }

    private static String seconds(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    /** A receiver that lost three packets of each second. */
    @Test
    void fillsShortGapsInAudio() throws IOException {
        Path source = source("complete.webm", 0, encoders("webm"));
        Path withGaps = directory.resolve("gaps.webm");
        FfmpegFixture.output(
                FfmpegFixture.ffmpeg().ffmpeg(),
                List.of(
                        "-nostdin",
                        "-loglevel",
                        "error",
                        "-i",
                        InputArguments.url(source),
                        "-c",
                        "copy",
                        "-bsf:a",
                        "noise=drop='between(mod(pts*tb\\,1)\\,0.48\\,0.535)'",
                        InputArguments.url(withGaps)),
                directory);

        Path file = file(FfmpegFixture.encoder(MEDIA)
                .encode(FfmpegFixture.request(withGaps, FfmpegFixture.probe(withGaps), directory)));

        assertThat(beeps(file))
                .hasSizeGreaterThan(5)
                .allSatisfy(beep -> assertThat(beep - Math.rint(beep)).isCloseTo(0, within(0.02)));
    }

    /** A recording of a browser states no frame rate, and FFmpeg takes its time base of a millisecond for one. */
    @Test
    void selectsLevelBySizeAndRealFrameRate() {
        Path source = directory.resolve("source.webm");
        FfmpegFixture.output(
                FfmpegFixture.ffmpeg().ffmpeg(),
                List.of(
                        "-nostdin",
                        "-loglevel",
                        "error",
                        "-f",
                        "lavfi",
                        "-i",
                        "testsrc2=size=1280x720:rate=1000:duration=1.5,select='lt(random(1),0.027)'",
                        "-fps_mode",
                        "passthrough",
                        "-enc_time_base",
                        "1:1000",
                        "-c:v",
                        "libvpx",
                        "-deadline",
                        "realtime",
                        "-cpu-used",
                        "16",
                        "-live",
                        "1",
                        InputArguments.url(source)),
                directory);

        EncodeResult result = FfmpegFixture.encoder(FfmpegFixture.withPreset("veryfast"))
                .encode(FfmpegFixture.request(source, FfmpegFixture.probe(source), directory));

        assertThat(result.renditions())
                .extracting(each -> each.quality() + " " + level(each.file()))
                .containsExactly("360p 30", "540p 31", "720p 31");
    }

    private String level(Path file) {
        return FfmpegFixture.entries(file, "v", "stream=level").get(0);
    }

    /** Reordered frames of which the first ones have other distances than the last ones. */
    @Test
    void statesWholeDurationOfVariableFrameRate() {
        Path source = FfmpegFixture.clip(
                directory.resolve("source.mp4"),
                "testsrc2=size=320x240:rate=60:duration=6,select='not(mod(n,3))*lt(t,3)+not(mod(n,12))'",
                "sine=duration=6",
                "-fps_mode",
                "vfr");

        RenditionFile file = FfmpegFixture.encoder(FfmpegFixture.withPreset("veryfast"))
                .encode(FfmpegFixture.request(source, FfmpegFixture.probe(source), directory))
                .renditions()
                .get(0);

        double lastFrame = FfmpegFixture.entries(file.file(), "v", "packet=pts_time").stream()
                .mapToDouble(Double::parseDouble)
                .max()
                .orElseThrow();
        assertThat(Double.parseDouble(FfmpegFixture.entries(file.file(), "v", "stream=duration")
                        .get(0)))
                .isCloseTo(file.duration().toMillis() / 1e3, within(0.002))
                .isBetween(lastFrame, lastFrame + 0.21);
    }

    /** The second frame of each pair is shown for no time. */
    @Test
    void encodesFramesWithAlmostEqualTimestamps() {
        Path source = FfmpegFixture.clip(
                directory.resolve("source.mp4"),
                "testsrc2=size=640x360:rate=24:duration=4,settb=1/10000000,"
                        + "setpts='if(eq(mod(N,40),20),PREV_OUTPTS+1,PTS)'",
                "sine=duration=4",
                "-fps_mode",
                "passthrough",
                "-enc_time_base",
                "1:10000000");
        RenditionFile file = FfmpegFixture.encoder(FfmpegFixture.withPreset("medium"))
                .encode(FfmpegFixture.request(source, FfmpegFixture.probe(source), directory))
                .renditions()
                .get(0);

        List<Double> psnr = FfmpegFixture.output(
                        FfmpegFixture.ffmpeg().ffmpeg(),
                        List.of(
                                "-nostdin",
                                "-loglevel",
                                "fatal",
                                "-i",
                                InputArguments.url(file.file()),
                                "-i",
                                InputArguments.url(source),
                                "-lavfi",
                                "[0:v]settb=1/24,setpts=N[a];[1:v]scale=" + file.width() + ":" + file.height()
                                        + ",settb=1/24,setpts=N[b];[a][b]psnr=stats_file=-",
                                "-fps_mode",
                                "passthrough",
                                "-an",
                                "-f",
                                "null",
                                "-"),
                        directory)
                .stream()
                .map(line -> line.replaceAll(".*psnr_avg:([0-9.inf]+).*", "$1"))
                .map(value -> value.equals("inf") ? 100.0 : Double.parseDouble(value))
                .sorted()
                .toList();
        assertThat(psnr).hasSize(96);
        assertThat(psnr.get(0)).isGreaterThan(psnr.get(48) - 8);
    }

    /** The frames before the key frame at which a segment starts to decode refer to frames that are not decoded. */
    @Test
    void reportsNoDamageForOpenGroupsOfPictures() throws IOException {
        Path source = FfmpegFixture.clip(
                directory.resolve("source.mp4"),
                "testsrc2=size=320x240:rate=25:duration=12",
                "sine=duration=12",
                "-preset",
                "medium",
                "-bf",
                "3",
                "-x264-params",
                "open-gop=1:keyint=40:scenecut=0:b-pyramid=normal");

        EncodeResult joined = SegmentEncoderIT.encodeInSegments(
                source, FfmpegFixture.probe(source), MEDIA, Files.createDirectory(directory.resolve("joined")));

        assertThat(joined.warnings()).isEmpty();
    }
}
