package dev.sluice.media;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** FFmpeg's way to write times: decimal seconds. */
final class Seconds {
    private static final double NANOS = 1e9;
    private static final double LONGEST = 1e9;

    private Seconds() {}

    /** The time, or nothing for {@code N/A}, for a missing one, and for what no film lasts. */
    static Optional<Duration> parse(@Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        try {
            double seconds = Double.parseDouble(text);
            return Math.abs(seconds) < LONGEST ? Optional.of(of(seconds)) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    static Duration of(double seconds) {
        return Duration.ofNanos(Math.round(seconds * NANOS));
    }

    static double in(Duration duration) {
        return duration.toNanos() / NANOS;
    }
}
