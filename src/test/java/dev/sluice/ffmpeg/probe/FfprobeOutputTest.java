package dev.sluice.ffmpeg.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.media.ColorInfo;
import dev.sluice.media.Crop;
import dev.sluice.media.Dimensions;
import dev.sluice.media.DisplayMatrix;
import dev.sluice.media.PixelFormat;
import dev.sluice.media.VideoStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FfprobeOutputTest {

    @Test
    void parsesVideoAndAudio() {
        FfprobeOutput output = FfprobeOutput.of("""
                {"streams": [
                  {"index": 0, "codec_name": "hevc", "codec_type": "video", "codec_tag_string": "hvc1", "width": 1920,
                   "height": 1080, "sample_aspect_ratio": "4:3", "pix_fmt": "yuv420p10le", "field_order": "tt",
                   "color_range": "tv", "color_space": "bt2020nc", "color_transfer": "smpte2084",
                   "color_primaries": "bt2020", "avg_frame_rate": "30000/1001", "duration": "62.280000",
                   "disposition": {"default": 1}},
                  {"index": 1, "codec_name": "aac", "codec_type": "audio", "sample_rate": "44100", "channels": 6,
                   "disposition": {"default": 0}}],
                 "format": {"format_name": "matroska,webm", "duration": "62.336"}}""");

        assertThat(output.duration()).hasValue(Duration.ofMillis(62_336));
        assertThat(output.movingVideoStreams().get(0).duration()).hasValue(Duration.ofMillis(62_280));
        PixelFormat format = new PixelFormat("yuv420p10le");
        assertThat(output.movingVideoStreams().get(0).video(new FrameSurvey(), "matroska,webm"))
                .isEqualTo(new VideoStream(
                        0,
                        "hevc",
                        new Dimensions(1920, 1080),
                        4.0 / 3,
                        Crop.NONE,
                        DisplayMatrix.IDENTITY,
                        30_000 / 1001.0,
                        format,
                        ColorInfo.of(
                                new ColorInfo.Tags(
                                        Optional.of("bt2020nc"),
                                        Optional.of("bt2020"),
                                        Optional.of("smpte2084"),
                                        Optional.of("tv")),
                                format,
                                1080),
                        true,
                        true,
                        List.of()));
        assertThat(output.audioStreams().get(0).channels()).isEqualTo(6);
    }

    @Test
    void appliesRotationMetadata() {
        VideoStream rotated = withMatrix(-90, 0, 65_536, -65_536, 0);

        assertThat(rotated.displayMatrix().rotation()).isEqualTo(90);
        assertThat(rotated.displaySize()).isEqualTo(new Dimensions(320, 568));
    }

    @Test
    void prefersDefaultTrackElseFirst() {
        String tracks = """
                {"streams": [{"index": 0, "codec_type": "audio", "disposition": {"default": %d}},
                             {"index": 1, "codec_type": "audio", "disposition": {"default": %d}}]}""";

        assertThat(preferredAudio(tracks.formatted(0, 1))).isEqualTo(1);
        assertThat(preferredAudio(tracks.formatted(1, 1))).isZero();
        assertThat(preferredAudio(tracks.formatted(0, 0))).isZero();
    }

    /** All dispositions of three audio streams, as default and not, in all orders, in the program of the video, in another one or in none. */
    @Test
    void selectsAudioByProgramRoleDefaultAndOrder() {
        List<Audio> kinds = ROLES.stream()
                .flatMap(role -> Stream.of(true, false).map(isDefault -> new Audio(0, role, isDefault, false)))
                .toList();
        int combinations = 0;
        for (int programs : PROGRAMS) {
            for (Audio first : kinds) {
                for (Audio second : kinds) {
                    for (Audio third : kinds) {
                        List<Audio> streams = List.of(
                                first.at(1, (programs & 1) != 0),
                                second.at(2, (programs & 2) != 0),
                                third.at(3, (programs & 4) != 0));
                        List<Integer> preferred = candidates(streams, programs != 0);
                        // If a stream cannot be decoded, the next one is that of a file without it.
                        List<Audio> left = new ArrayList<>(streams);
                        for (int index : preferred) {
                            assertThat(index)
                                    .as("of %s", left)
                                    .isEqualTo(expected(left).index());
                            left.removeIf(audio -> audio.index() == index);
                        }
                        assertThat(left).isEmpty();
                        combinations++;
                    }
                }
            }
        }
        assertThat(combinations).isEqualTo(52_728);
    }

    private static final List<String> ALTERNATIVES = List.of(
            "visual_impaired", "hearing_impaired", "descriptions", "comment", "karaoke", "clean_effects", "dependent");
    private static final List<String> ROLES = Stream.concat(
                    ALTERNATIVES.stream(), Stream.of("", "dub", "original", "lyrics", "forced", "non_diegetic"))
            .toList();
    /** The streams in the program of the video, as bits; 0: the file has no programs. */
    private static final List<Integer> PROGRAMS = List.of(0, 3, 6);

    private record Audio(int index, String role, boolean isDefault, boolean isInProgram) {
        Audio at(int place, boolean inProgram) {
            return new Audio(place, role, isDefault, inProgram);
        }

        String json() {
            return "{\"index\":" + index + ",\"codec_type\":\"audio\",\"disposition\":{\"default\":"
                    + (isDefault ? 1 : 0) + (role.isEmpty() ? "" : ",\"" + role + "\":1") + "}}";
        }
    }

    private static List<Integer> candidates(List<Audio> streams, boolean hasPrograms) {
        String program = streams.stream()
                .filter(Audio::isInProgram)
                .map(audio -> ",{\"index\":" + audio.index() + "}")
                .collect(Collectors.joining());
        FfprobeOutput output = FfprobeOutput.of("{\"streams\":[{\"index\":0,\"codec_type\":\"video\"},"
                + streams.stream().map(Audio::json).collect(Collectors.joining(",")) + "]"
                + (hasPrograms ? ",\"programs\":[{\"streams\":[{\"index\":0}" + program + "]}]" : "") + "}");
        return output.audioCandidates(output.streams().get(0)).stream()
                .map(FfprobeStream::index)
                .toList();
    }

    /** The first stream that is left when each rule removes what it does not prefer, if it prefers any. */
    private static Audio expected(List<Audio> streams) {
        List<Audio> left = preferring(Audio::isInProgram, streams);
        left = preferring(audio -> !ALTERNATIVES.contains(audio.role()), left);
        return preferring(Audio::isDefault, left).get(0);
    }

    private static List<Audio> preferring(Predicate<Audio> rule, List<Audio> streams) {
        List<Audio> preferred = streams.stream().filter(rule).toList();
        return preferred.isEmpty() ? streams : preferred;
    }

    @Test
    void excludesCoverArtFromMovingVideoStreams() {
        FfprobeOutput output = FfprobeOutput.of("""
                {"streams": [{"index": 0, "codec_type": "video", "disposition": {"attached_pic": 1, "default": 1}},
                             {"index": 1, "codec_type": "video", "disposition": {"attached_pic": 0}}]}""");

        assertThat(output.videoStreams()).hasSize(2);
        assertThat(output.movingVideoStreams()).extracting(FfprobeStream::index).containsExactly(1);
    }

    @Test
    void detectsEncryption() {
        assertThat(stream("\"codec_tag_string\": \"encv\"").isEncrypted()).isTrue();
        assertThat(stream("\"side_data_list\": [{\"side_data_type\": \"Encryption initialization data\"}]")
                        .isEncrypted())
                .isTrue();
        assertThat(stream("\"codec_tag_string\": \"avc1\"").isEncrypted()).isFalse();
    }

    @Test
    void ignoresImplausibleFrameRates() {
        assertThat(stream("\"avg_frame_rate\": \"1000/1\", \"r_frame_rate\": \"60/1\"")
                        .video(new FrameSurvey(), "matroska,webm")
                        .frameRate())
                .isEqualTo(60);
        assertThat(stream("\"avg_frame_rate\": \"0/0\", \"r_frame_rate\": \"90000/1\"")
                        .video(new FrameSurvey(), "matroska,webm")
                        .frameRate())
                .isZero();
    }

    @Test
    void acceptsEmptyOutput() {
        FfprobeOutput output = FfprobeOutput.of("{}");

        assertThat(output.streams()).isEmpty();
        assertThat(output.duration()).isEmpty();
    }

    @Test
    void computesDurationFromPacketTimestamps() {
        PacketDuration packets = new PacketDuration();

        assertThat(packets.duration()).isEmpty();
        for (String line : new String[] {"1.000,0.040,K__", "N/A,N/A,___", "1.120,0.040,___", "1.040,N/A,___,", ""}) {
            packets.add(line);
        }

        assertThat(packets.duration()).hasValue(Duration.ofMillis(160));
    }

    @Test
    void ignoresPacketsHiddenByEditList() {
        PacketDuration packets = new PacketDuration();

        packets.add("-4.000,0.040,KD_");
        packets.add("0.000,0.040,K__");
        packets.add("1.000,0.040,_D_");

        assertThat(packets.duration()).hasValue(Duration.ofMillis(40));
    }

    private static int preferredAudio(String json) {
        return FfprobeOutput.of(json)
                .audioCandidates(stream("\"index\": 9"))
                .get(0)
                .index();
    }

    private static FfprobeStream stream(String fields) {
        return FfprobeOutput.of("{\"streams\": [{\"codec_type\": \"video\", " + fields + "}]}")
                .streams()
                .get(0);
    }

    private static VideoStream withMatrix(int rotation, int a, int b, int c, int d) {
        String matrix = "\\n00000000: %12d %12d %12d\\n00000001: %12d %12d %12d\\n00000002: %12d %12d %12d\\n"
                .formatted(a, b, 0, c, d, 0, 0, 0, 1 << 30);
        return stream("\"width\": 568, \"height\": 320, \"side_data_list\": [{\"side_data_type\": \"Display Matrix\","
                        + " \"displaymatrix\": \"" + matrix + "\", \"rotation\": " + rotation + "}]")
                .video(new FrameSurvey(), "matroska,webm");
    }
}
