package dev.sluice.media.segment;

import dev.sluice.media.DecimalSeconds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Timestamps of all frames of a source, by its packets, in seconds. */
public final class FrameTimestamps {
    private double[] seconds = new double[1 << 10];
    private int count;

    public void add(double time) {
        if (count == seconds.length) {
            seconds = Arrays.copyOf(seconds, 2 * count);
        }
        seconds[count++] = time;
    }

    /** Whether a time is before the last added one by more than {@code distance}. */
    public boolean isBefore(Duration time, Duration distance) {
        return count > 0 && DecimalSeconds.toSeconds(time) < seconds[count - 1] - DecimalSeconds.toSeconds(distance);
    }

    public int count() {
        return count;
    }

    /** From the first frame to the end of the last one, which is assumed to have the average duration of the others. */
    public Duration duration() {
        double first = first();
        double last = Arrays.stream(seconds, 0, count).max().orElse(first);
        return count < 2 ? Duration.ZERO : DecimalSeconds.fromSeconds((last - first) * count / (count - 1));
    }

    private double first() {
        return Arrays.stream(seconds, 0, count).min().orElse(0);
    }

    /** Timestamp of the first frame of each segment in an encode in one piece; empty for a segment without frames. */
    public List<Optional<Duration>> firstFrameTimes(SegmentPlan plan) {
        double start = first();
        List<Optional<Duration>> firstFrames = new ArrayList<>(Collections.nCopies(plan.count(), Optional.empty()));
        for (int i = 0; i < count; i++) {
            Duration time = plan.start().plus(DecimalSeconds.fromSeconds(seconds[i] - start));
            int number = plan.indexAt(time);
            if (firstFrames
                    .get(number)
                    .filter(known -> known.compareTo(time) <= 0)
                    .isEmpty()) {
                firstFrames.set(number, Optional.of(time));
            }
        }
        return firstFrames;
    }
}
