package dev.sluice.ffmpeg.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.media.rendition.EncodeResult;
import dev.sluice.media.rendition.RenditionFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Small inputs that failed once: renditions, color tags of the largest, thumbnails, audio channels and warnings. */
class ReportedCasesIT {
    private static final Path CASES =
            Path.of(System.getProperty("sluice.shared", "../shared")).resolve("cases");

    private static final String BT709 = "tv,bt709,bt709,bt709";
    private static final String BT601 = "tv,smpte170m,smpte170m,smpte170m";
    private static final String BT601_625 = "tv,bt470bg,smpte170m,bt470bg";

    @TempDir
    private Path directory;

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "crop.mkv, 1048x360, BT709, 0, 0",
        "bars709.mp4, 1280x720, BT709, 0, 0",
        "obs_rgb1080.mkv, 1280x720, BT709, 0, 0",
        "ambisonic.mkv, 320x240, BT601, 2, 1",
        "webrtc_phone_turned.webm, 640x360, BT601, 0, 0",
        "webrtc_ramp_up.webm, 1280x720, BT709, 0, 0",
        "vp8_size_changes_each_second.webm, 640x360, BT601, 0, 0",
        "dv_camcorder.avi, 676x540, BT601_625, 0, 0",
        "interlaced_rot90.mov, 540x676, BT601_625, 0, 0",
        "radio_and_tv.ts, 320x240, BT601, 2, 0",
        "audio_description_first.ts, 320x240, BT601, 2, 0",
        "av1_pq_odd.mkv, 320x180, BT709, 0, 0",
        "audio_track_without_samples.mp4, 320x240, BT601, 0, 1",
        "ac3_and_truehd.mkv, 320x240, BT601, 2, 0",
        "hdr10.mp4, 576x360, BT709, 0, 0",
        "png_alpha.mov, 480x360, BT709, 0, 0",
        "bt2020_sdr.mp4, 1280x720, BT709, 0, 0",
        "untagged720.mp4, 1280x720, BT709, 0, 0",
        "first_video_track_empty.mp4, 320x240, BT601, 0, 1",
        "utvideo.avi, 320x240, BT601, 0, 0",
        "pq_rgb.mkv, 480x360, BT709, 0, 0",
        "tag_matrix_ycgco.mp4, 320x240, BT601, 0, 1",
        "tag_transfer_log100.mp4, 320x240, BT601, 0, 1",
    })
    void encodesReportedCase(String file, String size, String color, int audioChannels, int warnings) {
        EncodeResult result = encode(file);

        assertThat(result.warnings()).hasSize(warnings);
        assertThat(result.thumbnails()).hasSize(1);
        RenditionFile largest = result.renditions().get(result.renditions().size() - 1);
        assertThat(largest.width() + "x" + largest.height()).isEqualTo(size);
        for (RenditionFile rendition : result.renditions()) {
            FfmpegFixture.assertOutputFormat(rendition.file(), audioChannels > 0);
            assertThat(entries(rendition, "stream=color_range,color_space,color_transfer,color_primaries"))
                    .containsExactly(
                            switch (color) {
                                case "BT709" -> BT709;
                                case "BT601" -> BT601;
                                default -> BT601_625;
                            });
            assertThat(entries(rendition, "frame_side_data=side_data_type"))
                    .noneMatch(
                            type -> type.contains("Mastering") || type.contains("light level") || type.contains("ICC"));
        }
    }

    @Test
    void warnsOfSphericalVideo() {
        assertThat(encode("spherical.mp4").warnings()).singleElement(STRING).contains("spherical (equirectangular)");
    }

    @Test
    void rejectsDolbyVisionWithoutCompatibleLayer() {
        assertThatThrownBy(() -> encode("dolby_vision_p5.mp4"))
                .isInstanceOfSatisfying(
                        JobException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.UNSUPPORTED_DOLBY_VISION));
    }

    private EncodeResult encode(String file) {
        Path source = CASES.resolve(file);
        assumeTrue(Files.exists(source), "no file " + source);
        return FfmpegFixture.encode(source, directory);
    }

    private static List<String> entries(RenditionFile rendition, String entries) {
        return FfmpegFixture.entries(rendition.file(), "v", entries, "-read_intervals", "%+#1").stream()
                .filter(line -> !line.isEmpty())
                .toList();
    }
}
