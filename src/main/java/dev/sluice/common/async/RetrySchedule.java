package dev.sluice.common.async;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/**
 * Configured delays before the first, second, … retry; the last one repeats. Each delay is shortened by up to a fifth at random,
 * so that jobs that failed together are not retried together.
 */
public record RetrySchedule(List<Duration> delays) {
    private static final double JITTER = 0.2;

    public RetrySchedule {
        delays = List.copyOf(delays);
    }

    /**
     * The delay before the next retry.
     *
     * @param attempt number of the failed attempt, from 1
     */
    public Duration delay(int attempt) {
        return delay(attempt, ThreadLocalRandom.current());
    }

    Duration delay(int attempt, RandomGenerator random) {
        return ExponentialBackoff.shorten(delays.get(Math.min(attempt, delays.size()) - 1), JITTER, random);
    }
}
