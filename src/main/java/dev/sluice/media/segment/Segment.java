package dev.sluice.media.segment;

import java.time.Duration;

/**
 * A part of a video that is encoded separately: the frames from {@code start} (inclusive) to {@code end} (exclusive). Times are
 * those of an encode in one piece: relative to the start of the source, whether it starts with audio or video.
 *
 * @param number from 0
 * @param start of the first segment: start of the video stream
 * @param end of the last segment: known end of the video
 * @param isLast whether it contains all later frames, too
 */
public record Segment(int number, Duration start, Duration end, boolean isLast) {
    /**
     * Boundaries are written earlier by this time. They are whole microseconds, but timestamps are not: a frame exactly at a boundary
     * may be less than a microsecond before the written value. Frames have larger distances than this.
     */
    public static final Duration BOUNDARY_TOLERANCE = Duration.ofNanos(2_000);

    public boolean isFirst() {
        return number == 0;
    }

    /** The value written for a boundary. */
    public static Duration withTolerance(Duration boundary) {
        return boundary.minus(BOUNDARY_TOLERANCE);
    }
}
