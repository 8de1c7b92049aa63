package dev.sluice.media.segment;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Where a film is cut. Pure.
 *
 * @param begin when the picture begins
 * @param end when it ends as far as one knows
 * @param each how long all segments but the last are
 * @param count how many there are, 1 or more
 */
public record SegmentPlan(Duration start, Duration end, Duration segmentDuration, int count) {
    public SegmentPlan {
        if (count < 1 || segmentDuration.isNegative() || segmentDuration.isZero()) {
            throw new IllegalArgumentException("a plan has at least one segment, and segments have a length");
        }
    }

    /**
     * Segments of about the same length, none longer than {@code longest} but for what the grid asks; one where it need not be
     * cut.
     *
     * @param longest what one of them may last; less than {@code grid} counts as that
     * @param grid the time between two places where it may be cut, counted from the first frame
     */
    public static SegmentPlan of(Duration begin, Duration end, Duration longest, Duration grid) {
        long cells = Math.max(1, ceil(end.minus(begin).toNanos(), grid.toNanos()));
        long mostCells = Math.max(1, longest.toNanos() / grid.toNanos());
        long each = ceil(cells, ceil(cells, mostCells));
        return new SegmentPlan(begin, end, grid.multipliedBy(each), Math.toIntExact(ceil(cells, each)));
    }

    /** All of them, in order. */
    public List<Segment> segments() {
        return IntStream.range(0, count).mapToObj(this::segment).toList();
    }

    /**
     * One of them.
     *
     * @param number from 0, less than {@link #count}
     */
    public Segment segment(int number) {
        boolean last = number == count - 1;
        return new Segment(
                number,
                start.plus(segmentDuration.multipliedBy(number)),
                last ? end : start.plus(segmentDuration.multipliedBy(number + 1L)),
                last);
    }

    /** The segment that has the frame of this time. */
    int indexAt(Duration time) {
        long number = time.minus(start).plus(Segment.BOUNDARY_TOLERANCE).toNanos() / segmentDuration.toNanos();
        return (int) Math.max(0, Math.min(count - 1L, number));
    }

    private static long ceil(long dividend, long divisor) {
        return (dividend + divisor - 1) / divisor;
    }
}
