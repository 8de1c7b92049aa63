package dev.sluice.media;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Converts times from and to decimal seconds, FFmpeg's format. */
public final class DecimalSeconds {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final long NANOS_PER_MICRO = 1_000;
    private static final double MAX_SECONDS = 1e9;

    private DecimalSeconds() {}

    /** Parses a time; empty for {@code N/A}, a missing text, and an implausible time. */
    public static Optional<Duration> parse(@Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        try {
            double seconds = Double.parseDouble(text);
            return Math.abs(seconds) < MAX_SECONDS ? Optional.of(fromSeconds(seconds)) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Formats a time, rounded down to a microsecond. */
    public static String format(Duration duration) {
        return BigDecimal.valueOf(Math.floorDiv(duration.toNanos(), NANOS_PER_MICRO), 6)
                .stripTrailingZeros()
                .toPlainString();
    }

    public static Duration fromSeconds(double seconds) {
        return Duration.ofNanos(Math.round(seconds * NANOS_PER_SECOND));
    }

    public static double toSeconds(Duration duration) {
        return duration.toNanos() / NANOS_PER_SECOND;
    }
}
