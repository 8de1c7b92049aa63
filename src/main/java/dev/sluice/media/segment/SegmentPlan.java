package dev.sluice.media.segment;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Boundaries of the segments of a video. Pure.
 *
 * @param start of the video stream
 * @param end of the video, as far as known
 * @param segmentDuration of all segments but the last
 * @param count of segments, 1 or more
 */
public record SegmentPlan(Duration start, Duration end, Duration segmentDuration, int count) {
    public SegmentPlan {
        if (count < 1 || segmentDuration.isNegative() || segmentDuration.isZero()) {
            throw new IllegalArgumentException("a plan must have at least one segment and a positive segment duration");
        }
    }

    /**
     * Plans segments of about equal duration; one segment if the video is short enough.
     *
     * @param maxSegment maximum duration of a segment, rounded down to the grid; less than {@code grid} counts as {@code grid}
     * @param grid distance of possible boundaries, counted from the first frame
     */
    public static SegmentPlan of(Duration start, Duration end, Duration maxSegment, Duration grid) {
        long cells = cells(start, end, grid);
        long maxCells = Math.max(1, maxSegment.toNanos() / grid.toNanos());
        long cellsPerSegment = ceil(cells, ceil(cells, maxCells));
        return new SegmentPlan(
                start, end, grid.multipliedBy(cellsPerSegment), Math.toIntExact(ceil(cells, cellsPerSegment)));
    }

    /**
     * Plans at most {@code maxCount} segments of about equal duration, and fewer if they would be shorter than {@code minSegment}.
     * More only if they would be longer than {@code maxSegment}.
     *
     * @param maxCount 1 or more
     * @param grid as in {@link #of(Duration, Duration, Duration, Duration)}
     */
    public static SegmentPlan of(
            Duration start, Duration end, int maxCount, Duration minSegment, Duration maxSegment, Duration grid) {
        Duration target = grid.multipliedBy(ceil(cells(start, end, grid), maxCount));
        Duration segment = target.compareTo(minSegment) > 0 ? target : minSegment;
        return of(start, end, segment.compareTo(maxSegment) < 0 ? segment : maxSegment, grid);
    }

    public List<Segment> segments() {
        return IntStream.range(0, count).mapToObj(this::segment).toList();
    }

    /**
     * Returns one segment.
     *
     * @param number from 0, less than {@link #count}
     */
    public Segment segment(int number) {
        boolean isLast = number == count - 1;
        return new Segment(
                number,
                start.plus(segmentDuration.multipliedBy(number)),
                isLast ? end : start.plus(segmentDuration.multipliedBy(number + 1L)),
                isLast);
    }

    /** Number of the segment that contains a frame of this time. */
    int indexAt(Duration time) {
        long number = time.minus(start).plus(Segment.BOUNDARY_TOLERANCE).toNanos() / segmentDuration.toNanos();
        return (int) Math.max(0, Math.min(count - 1L, number));
    }

    private static long cells(Duration start, Duration end, Duration grid) {
        return Math.max(1, ceil(end.minus(start).toNanos(), grid.toNanos()));
    }

    private static long ceil(long dividend, long divisor) {
        return (dividend + divisor - 1) / divisor;
    }
}
