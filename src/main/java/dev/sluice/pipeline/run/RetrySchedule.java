package dev.sluice.pipeline.run;

import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/** How long to wait before the next attempt: the configured steps, each shortened by up to a fifth so that jobs that failed together don't come back together. */
final class RetrySchedule {
    private static final double JITTER = 0.2;

    private final List<Duration> steps;
    private final RandomGenerator random;

    RetrySchedule(List<Duration> steps, RandomGenerator random) {
        this.steps = List.copyOf(steps);
        this.random = random;
    }

    /**
     * The wait after the attempt with this number.
     *
     * @param attempt from 1
     */
    Duration delayAfter(int attempt) {
        Duration step = steps.get(Math.min(attempt, steps.size()) - 1);
        return Duration.ofMillis(Math.round(step.toMillis() * (1 - JITTER * random.nextDouble())));
    }
}
