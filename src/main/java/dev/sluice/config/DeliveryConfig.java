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

    static DeliveryConfig read(Section section) {
        DeliveryConfig config = new DeliveryConfig(
                section.seconds("leaseSeconds", 12, 1, 600),
                section.seconds("renewSeconds", 4, 0.2, 200),
                section.integer("maxAttempts", 5, 1, 100),
                section.secondsList("backoffSeconds", List.of(5.0, 30.0, 120.0, 600.0)));
        if (config.renewEvery().multipliedBy(2).compareTo(config.lease()) > 0) {
            section.complain(
                    "renewSeconds", "has to be at most half of leaseSeconds, or one late renewal loses the work");
        }
        return config;
    }
}
