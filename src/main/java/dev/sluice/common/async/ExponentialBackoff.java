package dev.sluice.common.async;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/**
 * Delay before a retry: doubles from {@code min} to {@code max} and is shortened at random, so that the workers of a fleet do
 * not retry in step after an outage.
 *
 * @param jitter the largest part by which a delay is shortened, 0 to 1
 */
public record ExponentialBackoff(Duration min, Duration max, double jitter) {
    /** For a subscription to a server that closed it: 0.5 to 1 s. */
    public static final ExponentialBackoff RECONNECT =
            new ExponentialBackoff(Duration.ofSeconds(1), Duration.ofSeconds(1), 0.5);

    private static final long MAX_DOUBLINGS = 30;

    /**
     * The delay before the next retry.
     *
     * @param attempt number of the failed attempt, from 1
     */
    public Duration delay(long attempt) {
        return delay(attempt, ThreadLocalRandom.current());
    }

    Duration delay(long attempt, RandomGenerator random) {
        Duration ceiling = min.multipliedBy(1L << Math.min(attempt - 1, MAX_DOUBLINGS));
        return shorten(ceiling.compareTo(max) > 0 ? max : ceiling, jitter, random);
    }

    static Duration shorten(Duration delay, double jitter, RandomGenerator random) {
        return Duration.ofMillis(Math.round(delay.toMillis() * (1 - jitter * random.nextDouble())));
    }
}
