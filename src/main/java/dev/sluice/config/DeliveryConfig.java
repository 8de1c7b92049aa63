package dev.sluice.config;

import java.time.Duration;
import java.util.List;

/**
 * How a run is claimed, kept and tried again.
 *
 * @param lease how long a claim holds without renewal
 * @param renewEvery how often running work renews its lease; below a third of {@code lease}, or a single lost renewal
 *     loses the work
 * @param maxAttempts attempts before the job is FAILED
 * @param backoff waits before the second, third, … attempt; the last one repeats
 */
public record DeliveryConfig(Duration lease, Duration renewEvery, int maxAttempts, List<Duration> backoff) {
    public DeliveryConfig {
        backoff = List.copyOf(backoff);
    }
}
