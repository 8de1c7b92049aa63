package dev.sluice.media;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * A part of a film that is encoded by itself: the frames from one time on until, but not with, another. Times are those of the
 * frames in an encode of the whole: counted from where the source begins, be it with sound or picture.
 *
 * @param number from 0
 * @param from of the first segment: when the picture begins
 * @param until of the last segment: when the film ends as far as one knows
 * @param isLast whether it takes whatever frames come later, too
 */
public record Segment(int number, Duration from, Duration until, boolean isLast) {
    /**
     * Boundaries are a little early. They are whole microseconds, ticks of a stream need not be: a frame that is exactly at a
     * boundary may be less than a microsecond before what is written. No two frames are as close to each other as this.
     */
    static final Duration EARLY = Duration.ofNanos(2_000);

    /** Headers understate lengths; what is longer still has its key frames at the places that the encoder likes. */
    private static final Duration LONGER_THAN_KNOWN = Duration.ofMinutes(1);

    boolean isFirst() {
        return number == 0;
    }

    /** What is written for a boundary. */
    static Duration early(Duration boundary) {
        return boundary.minus(EARLY);
    }

    /**
     * From when on a frame is to be a key frame, in order: the grid of the whole, which begins with its first frame.
     *
     * @param runOut how much more is encoded
     */
    List<Duration> keyTimes(Duration interval, Duration runOut) {
        Duration end = early(isLast ? until.plus(LONGER_THAN_KNOWN) : until.plus(runOut));
        return Stream.iterate(early(from), time -> time.compareTo(end) < 0, time -> time.plus(interval))
                .toList();
    }
}
