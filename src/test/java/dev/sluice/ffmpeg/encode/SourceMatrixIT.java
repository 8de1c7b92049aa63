package dev.sluice.ffmpeg.encode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.ffmpeg.process.InputArguments;
import dev.sluice.media.rendition.EncodeResult;
import dev.sluice.media.rendition.RenditionFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sources of all channel layouts, field orders and time bases. A build encodes every {@value #SAMPLE}th of them, all with
 * {@code -Dsluice.matrix=complete}.
 */
class SourceMatrixIT {
    private static final int SAMPLE = 16;
    private static final boolean COMPLETE = "complete".equals(System.getProperty("sluice.matrix"));

    private static final int MAX_CHANNELS = 24;
    private static final List<String> LAYOUTS = List.of(
            "mono",
            "stereo",
            "2.1",
            "3.0",
            "3.0(back)",
            "4.0",
            "quad",
            "quad(side)",
            "3.1",
            "5.0",
            "5.0(side)",
            "4.1",
            "5.1",
            "5.1(side)",
            "6.0",
            "6.0(front)",
            "hexagonal",
            "6.1",
            "6.1(back)",
            "6.1(front)",
            "7.0",
            "7.0(front)",
            "7.1",
            "7.1(wide)",
            "7.1(wide-side)",
            "octagonal",
            "hexadecagonal",
            "downmix",
            "22.2");

    private static final int RATE = 48_000;
    private static final int SAMPLES = RATE / 2;
    private static final short AMPLITUDE = 9_000;
    private static final double MIN_MEAN_DB = -30;
    private static final Pattern MEAN_VOLUME = Pattern.compile("mean_volume: (-?[\\d.]+) dB");
    private static final Pattern FIELDS =
            Pattern.compile("Multi frame detection: TFF: *(\\d+) BFF: *(\\d+) Progressive: *(\\d+)");

    @TempDir
    private Path directory;

    /** @param layout as FFmpeg names it; "5 channels" is unknown */
    record Audio(String layout, int channels, String codec, String extension) {
        @Override
        public String toString() {
            return layout + ", " + codec + " in " + extension;
        }
    }

    record Interlaced(String order, String codec, String extension, int rotation) {}

    record TimeBase(String rate, String timescale, String extension) {}

    static Stream<Audio> layouts() {
        Stream<Audio> unknown = IntStream.rangeClosed(1, MAX_CHANNELS)
                .boxed()
                .flatMap(channels -> Stream.of("mov", "mkv")
                        .map(extension -> new Audio(channels + " channels", channels, "pcm_s16le", extension)));
        Stream<Audio> known = LAYOUTS.stream()
                .flatMap(layout -> Stream.of("mov", "mkv")
                        .map(extension -> new Audio(layout, channels(layout), "pcm_s16le", extension)));
        Stream<Audio> ambisonic = IntStream.rangeClosed(1, 3)
                .mapToObj(order -> new Audio("ambisonic " + order, (order + 1) * (order + 1), "libopus", "mkv"));
        return sample(Stream.of(unknown, known, ambisonic).flatMap(each -> each).toList());
    }

    private static int channels(String layout) {
        return switch (layout) {
            case "mono" -> 1;
            case "stereo", "downmix" -> 2;
            case "quad", "quad(side)" -> 4;
            case "hexagonal" -> 6;
            case "octagonal" -> 8;
            case "hexadecagonal" -> 16;
            default -> layout.charAt(0) - '0' + (layout.startsWith("22") ? 22 : layout.charAt(2) - '0');
        };
    }

    static Stream<Interlaced> fieldOrders() {
        return sample(Stream.of("tff", "bff")
                .flatMap(order -> Stream.of(
                                "libx264 mp4",
                                "libx264 mkv",
                                "libx264 ts",
                                "mpeg2video ts",
                                "mpeg2video mpg",
                                "mpeg2video mkv",
                                "mpeg2video mxf",
                                "prores_ks mov",
                                "mpeg4 avi",
                                "mpeg4 mp4",
                                "ffv1 mkv",
                                "rawvideo mov")
                        .flatMap(format -> IntStream.of(0, 90, 180, 270)
                                .filter(rotation -> rotation == 0 || format.matches(".* (mp4|mov)"))
                                .mapToObj(rotation -> new Interlaced(
                                        order, format.split(" ", -1)[0], format.split(" ", -1)[1], rotation))))
                .toList());
    }

    static Stream<TimeBase> timeBases() {
        return sample(Stream.of(
                        "1", "5", "12.5", "24000/1001", "25", "30000/1001", "50", "60000/1001", "60", "120", "240")
                .flatMap(rate -> Stream.of("600 mov", "1000 mov", "90000 mov", "10000000 mov", "1000 mkv", "90000 ts")
                        .map(base -> new TimeBase(rate, base.split(" ", -1)[0], base.split(" ", -1)[1])))
                .toList());
    }

    private static <T> Stream<T> sample(List<T> all) {
        return COMPLETE
                ? all.stream()
                : IntStream.range(0, all.size())
                        .filter(index -> index % SAMPLE == SAMPLE - 1)
                        .mapToObj(all::get);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("layouts")
    void makesStereoOfAllLayouts(Audio audio) throws IOException {
        Path pcm = directory.resolve("tone.pcm");
        ByteBuffer samples =
                ByteBuffer.allocate(SAMPLES * audio.channels() * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int sample = 0; sample < SAMPLES; sample++) {
            short value = (short) (AMPLITUDE * Math.sin(2 * Math.PI * 440 * sample / RATE));
            for (int channel = 0; channel < audio.channels(); channel++) {
                samples.putShort(value);
            }
        }
        Files.write(pcm, samples.array());
        List<String> input =
                List.of("-f", "s16le", "-ar", String.valueOf(RATE), "-ch_layout", audio.layout(), "-i", pcm.toString());
        List<String> output =
                new ArrayList<>(List.of("-c:v", "libx264", "-preset", "ultrafast", "-c:a", audio.codec()));
        if (audio.codec().equals("libopus")) {
            output.addAll(List.of("-mapping_family", "2", "-b:a", "512k"));
        }
        Path source = make("source." + audio.extension(), input, "testsrc2=size=160x120:rate=25:duration=0.5", output);

        EncodeResult result = FfmpegFixture.encode(source, directory);

        for (RenditionFile rendition : result.renditions()) {
            FfmpegFixture.assertOutputFormat(rendition.file(), true);
            assertThat(meanVolume(rendition.file())).isGreaterThan(MIN_MEAN_DB);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fieldOrders")
    void deinterlacesAllFieldOrders(Interlaced video) {
        String weave = video.order().equals("tff") ? "interleave_top" : "interleave_bottom";
        String picture = "smptebars=size=320x240:rate=50:duration=1,format=yuv422p,scroll=h=0.02,tinterlace=mode="
                + weave + ",setfield=" + video.order();
        List<String> output = new ArrayList<>(List.of("-c:v", video.codec()));
        switch (video.codec()) {
            case "libx264" ->
                output.addAll(
                        List.of("-preset", "ultrafast", "-flags", "+ilme+ildct", "-x264-params", video.order() + "=1"));
            case "mpeg2video", "mpeg4" -> output.addAll(List.of("-q:v", "2", "-flags", "+ilme+ildct"));
            case "prores_ks" -> output.addAll(List.of("-flags", "+ildct", "-pix_fmt", "yuv422p10le"));
            case "rawvideo" -> output.addAll(List.of("-pix_fmt", "yuyv422"));
            default -> {}
        }
        Path made = make("made." + video.extension(), List.of(), picture, output);
        Path source = video.rotation() == 0 ? made : rotated(made, video.rotation());

        EncodeResult result = FfmpegFixture.encode(source, directory);

        boolean upright = video.rotation() % 180 == 0;
        assertThat(result.renditions()).allSatisfy(rendition -> {
            assertThat(rendition.width() > rendition.height()).isEqualTo(upright);
            int[] fields = fields(rendition.file(), upright);
            assertThat(fields[0] + fields[1])
                    .as("interlaced of %d progressive frames", fields[2])
                    .isZero();
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("timeBases")
    void keepsFrameTimesOfAllTimeBases(TimeBase time) {
        List<String> output = new ArrayList<>(List.of("-c:v", "libx264", "-preset", "ultrafast"));
        if (time.extension().equals("mov")) {
            output.addAll(List.of("-video_track_timescale", time.timescale()));
        }
        Path source = make(
                "source." + time.extension(),
                List.of(),
                "testsrc2=size=160x120:rate=" + time.rate() + ":duration=2",
                output);

        EncodeResult result = FfmpegFixture.encode(source, directory);

        for (RenditionFile rendition : result.renditions()) {
            List<String> stream = FfmpegFixture.entries(rendition.file(), "v", "stream=level,duration");
            String[] values = stream.get(0).split(",", -1);
            assertThat(Integer.parseInt(values[0])).as("level").isLessThanOrEqualTo(31);
            assertThat(Double.parseDouble(values[1])).isBetween(1.9, 2.1);
        }
    }

    private Path make(String name, List<String> audio, String video, List<String> options) {
        Path file = directory.resolve(name);
        List<String> command = new ArrayList<>(List.of("-nostdin", "-loglevel", "level+error", "-y"));
        command.addAll(audio);
        command.addAll(List.of("-f", "lavfi", "-i", video));
        if (!options.contains("-pix_fmt")) {
            command.addAll(List.of("-pix_fmt", "yuv420p"));
        }
        command.addAll(options);
        command.add(InputArguments.url(file));
        assertThat(FfmpegFixture.output(FfmpegFixture.ffmpeg().ffmpeg(), command, directory))
                .isNotNull();
        return file;
    }

    private Path rotated(Path made, int degrees) {
        Path file = directory.resolve("rotated-" + made.getFileName());
        List<String> command = List.of(
                "-nostdin",
                "-loglevel",
                "level+error",
                "-display_rotation",
                String.valueOf(degrees),
                "-i",
                InputArguments.url(made),
                "-c",
                "copy",
                InputArguments.url(file));
        assertThat(FfmpegFixture.output(FfmpegFixture.ffmpeg().ffmpeg(), command, directory))
                .isNotNull();
        return file;
    }

    private double meanVolume(Path file) {
        Matcher mean = MEAN_VOLUME.matcher(statistics(file, "-af", "volumedetect"));
        assertThat(mean.find()).isTrue();
        return Double.parseDouble(mean.group(1));
    }

    /** Fields are lines of the source, so rotated frames are rotated back. */
    private int[] fields(Path file, boolean upright) {
        Matcher fields = FIELDS.matcher(statistics(file, "-vf", upright ? "idet" : "transpose=1,idet"));
        int[] last = {0, 0, 0};
        while (fields.find()) {
            last = IntStream.of(1, 2, 3)
                    .map(group -> Integer.parseInt(fields.group(group)))
                    .toArray();
        }
        return last;
    }

    private String statistics(Path file, String option, String filter) {
        List<String> command = List.of(
                "-nostdin",
                "-hide_banner",
                "-nostats",
                "-i",
                InputArguments.url(file),
                option,
                filter,
                "-f",
                "null",
                "-");
        return FfmpegFixture.errorOutput(FfmpegFixture.ffmpeg().ffmpeg(), command, directory);
    }
}
