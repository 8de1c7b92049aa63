package dev.sluice.media;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** Where a film is cut. Pure. */
public final class SegmentPlan {
    private SegmentPlan() {}

    /**
     * Segments of about the same length, none longer than {@code longest} but for what the grid asks; one where it need not be
     * cut.
     *
     * @param begin when the picture begins
     * @param end when it ends
     * @param longest what one of them may last; less than {@code grid} counts as that
     * @param grid the time between two places where it may be cut, counted from the first frame
     */
    public static List<Segment> of(Duration begin, Duration end, Duration longest, Duration grid) {
        long cells = Math.max(1, ceil(end.minus(begin).toNanos(), grid.toNanos()));
        long mostCells = Math.max(1, longest.toNanos() / grid.toNanos());
        int count = Math.toIntExact(ceil(cells, mostCells));
        long each = ceil(cells, count);
        int needed = Math.toIntExact(ceil(cells, each));
        return IntStream.range(0, needed)
                .mapToObj(number -> new Segment(
                        number,
                        begin.plus(grid.multipliedBy(number * each)),
                        number == needed - 1 ? end : begin.plus(grid.multipliedBy((number + 1) * each)),
                        number == needed - 1))
                .toList();
    }

    private static long ceil(long dividend, long divisor) {
        return (dividend + divisor - 1) / divisor;
    }
}
