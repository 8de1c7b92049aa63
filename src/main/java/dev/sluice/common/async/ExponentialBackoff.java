package dev.sluice.common.async;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/** How long to wait before the next attempt: doubling from 200 ms to 5 s, with jitter so that hosts don't come in step. */
public final class ExponentialBackoff {
    private static final long FIRST_MILLIS = 200;
    private static final long LAST_MILLIS = 5_000;

    private final DoubleSupplier random;
    private long ceiling = FIRST_MILLIS;

    /** @param random 0 (inclusive) to 1 (exclusive) */
    public ExponentialBackoff(DoubleSupplier random) {
        this.random = random;
    }

    /** The next wait: between half and the whole of the ceiling, which doubles. */
    public Duration nextDelay() {
        long wait = ceiling / 2 + (long) (random.getAsDouble() * (ceiling / 2.0));
        ceiling = Math.min(LAST_MILLIS, ceiling * 2);
        return Duration.ofMillis(wait);
    }

    /** All is well again: start from the shortest wait. */
    public void reset() {
        ceiling = FIRST_MILLIS;
    }
}
