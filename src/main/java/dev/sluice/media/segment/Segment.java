package dev.sluice.media.segment;

import java.time.Duration;

/**
 * A part of a film that is encoded by itself: the frames from one time on until, but not with, another. Times are those of the
 * frames in an encode of the whole: counted from where the source begins, be it with sound or picture.
 *
 * @param number from 0
 * @param from of the first segment: when the picture begins
 * @param until of the last segment: when the film ends as far as one knows
 * @param isLast whether it takes whatever frames come later, too
 */
public record Segment(int number, Duration start, Duration end, boolean isLast) {
    /**
     * Boundaries are a little early. They are whole microseconds, ticks of a stream need not be: a frame that is exactly at a
     * boundary may be less than a microsecond before what is written. No two frames are as close to each other as this.
     */
    public static final Duration BOUNDARY_TOLERANCE = Duration.ofNanos(2_000);

    public boolean isFirst() {
        return number == 0;
    }

    /** What is written for a boundary. */
    public static Duration withTolerance(Duration boundary) {
        return boundary.minus(BOUNDARY_TOLERANCE);
    }
}
