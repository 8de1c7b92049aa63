package dev.sluice.media.rendition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.media.Dimensions;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RenditionLadderTest {
    private final RenditionLadder ladder = new RenditionLadder(FfmpegFixture.MEDIA);

    @ParameterizedTest(name = "{0}x{1} gets {2}")
    @CsvSource({
        "1920, 1080, 720p 1280x720; 540p 960x540; 360p 640x360",
        "1080, 1920, 720p 720x1280; 540p 540x960; 360p 360x640",
        "3840, 1600, 720p 1728x720; 540p 1296x540; 360p 864x360",
        "1280, 720, 720p 1280x720; 540p 960x540; 360p 640x360",
        "1440, 1080, 720p 960x720; 540p 720x540; 360p 480x360",
        "960, 400, 360p 864x360",
        "853, 480, 360p 640x360",
        "640, 361, 360p 638x360",
        "640, 360, 360p 640x360",
    })
    void selectsRungsNotLargerThanSource(int width, int height, String expected) {
        assertThat(renditions(width, height)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}x{1} gets {2}")
    @CsvSource({
        "640, 359, 358p 640x358",
        "568, 320, 320p 568x320",
        "320, 568, 320p 320x568",
        "161, 121, 120p 160x120",
        "501, 288, 288p 500x288",
        "1, 1, 2p 2x2",
    })
    void usesSourceSizeWhenAllRungsAreLarger(int width, int height, String expected) {
        assertThat(renditions(width, height)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}x{1} gets {2}")
    @CsvSource({
        "1280, 720, 720pav1 1280x720; 720p 1280x720; 540p 960x540; 360p 640x360",
        "320, 240, 240pav1 320x240; 240p 320x240",
        "64, 66, 64pav1 64x66; 64p 64x66",
        "320, 62, 62p 320x62",
        "8194, 100, 100p 8194x100",
    })
    void addsLargestRenditionInAv1(int width, int height, String expected) {
        List<Rendition> renditions = new RenditionLadder(FfmpegFixture.withAv1(FfmpegFixture.withPreset("medium")))
                .renditions(new Dimensions(width, height));

        assertThat(names(renditions)).isEqualTo(expected);
        assertThat(renditions).filteredOn(Rendition::isAv1).hasSize(expected.contains("av1") ? 1 : 0);
    }

    @Test
    void capsSourceSizedRenditionLikeSmallestRung() {
        assertThat(ladder.renditions(new Dimensions(320, 240)))
                .extracting(Rendition::maxBitrate)
                .containsExactly(800_000);
    }

    @ParameterizedTest(name = "{0}x{1} gets {2}x{3}")
    @CsvSource({"1920, 1080, 320, 180", "1080, 1920, 320, 568", "176, 144, 320, 262", "20, 4000, 6, 1280"})
    void keepsAspectRatioOfThumbnails(int width, int height, int thumbnailWidth, int thumbnailHeight) {
        Dimensions thumbnail = RenditionLadder.thumbnailSize(new Dimensions(width, height), 320);

        assertThat(thumbnail).isEqualTo(new Dimensions(thumbnailWidth, thumbnailHeight));
    }

    private String renditions(int width, int height) {
        return names(ladder.renditions(new Dimensions(width, height)));
    }

    private static String names(List<Rendition> renditions) {
        return renditions.stream()
                .map(rendition -> rendition.quality() + " " + rendition.size())
                .collect(Collectors.joining("; "));
    }
}
