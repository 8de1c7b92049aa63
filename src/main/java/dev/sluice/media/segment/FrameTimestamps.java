package dev.sluice.media.segment;

import dev.sluice.media.DecimalSeconds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** When each picture of a source is shown, as its packets say. */
public final class FrameTimestamps {
    private double[] seconds = new double[1 << 10];
    private int count;

    public FrameTimestamps() {}

    public void add(double time) {
        if (count == seconds.length) {
            seconds = Arrays.copyOf(seconds, 2 * count);
        }
        seconds[count++] = time;
    }

    /** How many there are. */
    public int count() {
        return count;
    }

    /** From the first picture to the end of the last one, which is taken to last as long as the others do on average. */
    public Duration duration() {
        double first = first();
        double last = Arrays.stream(seconds, 0, count).max().orElse(first);
        return count < 2 ? Duration.ZERO : DecimalSeconds.fromSeconds((last - first) * count / (count - 1));
    }

    private double first() {
        return Arrays.stream(seconds, 0, count).min().orElse(0);
    }

    /**
     * When the first frame of each segment is shown, in the times of an encode of the whole; empty for a segment that has none.
     */
    public List<Optional<Duration>> firstFrameTimes(SegmentPlan plan) {
        double start = first();
        List<Optional<Duration>> firsts = new ArrayList<>(Collections.nCopies(plan.count(), Optional.empty()));
        for (int i = 0; i < count; i++) {
            Duration shown = plan.start().plus(DecimalSeconds.fromSeconds(seconds[i] - start));
            int number = plan.indexAt(shown);
            if (firsts.get(number).filter(known -> known.compareTo(shown) <= 0).isEmpty()) {
                firsts.set(number, Optional.of(shown));
            }
        }
        return firsts;
    }
}
