package dev.sluice.ffmpeg.encode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.media.rendition.ThumbnailFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FrameComparisonTest {
    private static final Duration KEY_FRAMES = Duration.ofSeconds(2);

    @Test
    void comparesThumbnailsSoonAfterKeyFrames() {
        assertThat(samples(Duration.ZERO, 1900, 2100, 4000, 7500, 8900, 10_100)).containsExactly(2100L, 4000L, 10_100L);
        assertThat(samples(Duration.ofMillis(100), 1900, 2100, 4000, 7500, 8900, 10_100))
                .containsExactly(2100L, 7500L, 10_100L);
    }

    @Test
    void comparesTheBeginningAndTheEndOfLongVideos() {
        long[] thumbnails = LongStream.range(0, 100).map(i -> 1999 * i).toArray();

        assertThat(samples(Duration.ZERO, thumbnails)).containsExactly(0L, 1999L * 51, 1999L * 99);
    }

    @Test
    void comparesEachOfAFewThumbnailsOnce() {
        assertThat(samples(Duration.ZERO)).isEmpty();
        assertThat(samples(Duration.ZERO, 500)).containsExactly(500L);
        assertThat(samples(Duration.ZERO, 500, 2500)).containsExactly(500L, 2500L);
        assertThat(samples(Duration.ZERO, 500, 2500, 4500)).containsExactly(500L, 2500L, 4500L);
    }

    private static List<Long> samples(Duration start, long... thumbnails) {
        List<ThumbnailFile> files = LongStream.of(thumbnails)
                .mapToObj(millis -> new ThumbnailFile(0, Duration.ofMillis(millis), Path.of("t.jpg"), 320, 180, 1))
                .toList();
        return FrameComparison.samples(files, start, KEY_FRAMES).stream()
                .map(thumbnail -> thumbnail.timestamp().toMillis())
                .toList();
    }
}
