package dev.sluice.persistence.db;

import java.time.Duration;

/** Durations as SQL sends and receives them: seconds with fractions, accurate to one millisecond. */
public final class SqlDurations {
    private static final double MILLIS = 1000;

    private SqlDurations() {}

    public static double toSeconds(Duration duration) {
        return duration.toMillis() / MILLIS;
    }

    /** Converts seconds to a duration; a negative value becomes zero. */
    public static Duration fromSeconds(double seconds) {
        return Duration.ofMillis(Math.max(0, Math.round(seconds * MILLIS)));
    }
}
