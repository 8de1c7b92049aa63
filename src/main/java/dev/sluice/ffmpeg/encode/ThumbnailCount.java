package dev.sluice.ffmpeg.encode;

import dev.sluice.media.DecimalSeconds;
import java.time.Duration;
import java.util.HashSet;
import java.util.OptionalDouble;
import java.util.Set;

/** Counts the intervals that contain frames: each has one thumbnail. */
final class ThumbnailCount {
    /** Rounding of timestamps, which decides the interval of a frame at a boundary. */
    private static final double TOLERANCE = 0.003;

    private final double interval;
    private final Set<Long> early = new HashSet<>();
    private final Set<Long> late = new HashSet<>();
    private OptionalDouble first = OptionalDouble.empty();

    ThumbnailCount(Duration interval) {
        this.interval = DecimalSeconds.toSeconds(interval);
    }

    /** Accepts the timestamp of a frame, in seconds; the first frame first. */
    void accept(double seconds) {
        double since = seconds - first.orElse(seconds);
        first = OptionalDouble.of(first.orElse(seconds));
        early.add((long) Math.floor((since + TOLERANCE) / interval));
        late.add(Math.max(0, (long) Math.floor((since - TOLERANCE) / interval)));
    }

    /** Whether so many thumbnails are as expected. */
    boolean matches(int thumbnails) {
        return thumbnails >= Math.min(early.size(), late.size()) && thumbnails <= Math.max(early.size(), late.size());
    }

    int expected() {
        return early.size();
    }
}
