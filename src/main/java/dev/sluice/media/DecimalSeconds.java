package dev.sluice.media;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** FFmpeg's way to write times: decimal seconds. */
public final class DecimalSeconds {
    private static final double NANOS = 1e9;
    private static final long NANOS_OF_A_MICRO = 1_000;
    private static final double LONGEST = 1e9;

    private DecimalSeconds() {}

    /** The time, or nothing for {@code N/A}, for a missing one, and for what no film lasts. */
    public static Optional<Duration> parse(@Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        try {
            double seconds = Double.parseDouble(text);
            return Math.abs(seconds) < LONGEST ? Optional.of(fromSeconds(seconds)) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Decimal seconds, to the microsecond. */
    public static String format(Duration duration) {
        return BigDecimal.valueOf(Math.floorDiv(duration.toNanos(), NANOS_OF_A_MICRO), 6)
                .stripTrailingZeros()
                .toPlainString();
    }

    public static Duration fromSeconds(double seconds) {
        return Duration.ofNanos(Math.round(seconds * NANOS));
    }

    public static double toSeconds(Duration duration) {
        return duration.toNanos() / NANOS;
    }
}
