package dev.sluice.media.preview;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Statistics of the luma of a small frame, by which a poster is chosen.
 *
 * @param contrast distance of the 10th and the 90th percentile, 0 to 255: low for black, faded and flat frames
 * @param entropy of 0 to 1: low for text or a logo on one color
 * @param blur width of edges in pixels, as {@code blurdetect} measures it; not a number without edges
 */
public record FrameStatistics(double contrast, double entropy, double blur) {
    private static final double MIN_CONTRAST = 25;
    private static final double MIN_ENTROPY = 0.55;
    private static final double MAX_BLUR = 8.5;
    /** Titles and fades usually precede a tenth of the length. */
    private static final int FRACTION = 10;

    boolean isSuitable() {
        return contrast >= MIN_CONTRAST && entropy >= MIN_ENTROPY && blur <= MAX_BLUR;
    }

    /**
     * The number of the frame for the poster: the first suitable one from a tenth of the length on, else the last one before, else
     * the one with the highest contrast, and of those with the highest entropy: text that covers less than a tenth of a frame
     * adds no contrast. A maximum over all suitable frames would prefer busy ones to good ones.
     *
     * @param times of the frames, ascending, at least one
     * @param frames of the first frames; may be fewer than times
     * @param end of the video
     */
    public static int poster(List<Duration> times, List<FrameStatistics> frames, Duration end) {
        Duration earliest = times.get(0).plus(end.minus(times.get(0)).dividedBy(FRACTION));
        int known = Math.min(times.size(), frames.size());
        List<Integer> suitable = IntStream.range(0, known)
                .filter(i -> frames.get(i).isSuitable())
                .boxed()
                .toList();
        return suitable.stream()
                .filter(i -> times.get(i).compareTo(earliest) >= 0)
                .findFirst()
                .or(() -> suitable.stream().reduce((one, other) -> other))
                .or(() -> IntStream.range(0, known)
                        .boxed()
                        .max(Comparator.<Integer>comparingDouble(
                                        i -> frames.get(i).contrast())
                                .thenComparingDouble(i -> frames.get(i).entropy())))
                .orElse(0);
    }
}
