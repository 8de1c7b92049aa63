package dev.sluice.config;

import java.time.Duration;
import java.util.List;

/**
 * How a run is claimed, kept and tried again.
 *
 * @param lease how long a claim holds without renewal
 * @param renewEvery how often running work renews its lease; at most half of {@code lease}, so
 *     that one renewal may come late
 * @param maxAttempts attempts before the job is FAILED
 * @param backoff waits before the second, third, … attempt; the last one repeats
 * @param requeueAfter how long a job waits unclaimed, with nothing in its queue, before its message is sent again
 */
public record DeliveryConfig(
        Duration lease, Duration renewEvery, int maxAttempts, List<Duration> backoff, Duration requeueAfter) {
    private static final List<Duration> DEFAULT_BACKOFF =
            List.of(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofMinutes(2), Duration.ofMinutes(10));

    public DeliveryConfig {
        backoff = List.copyOf(backoff);
    }

    static DeliveryConfig read(Section section) {
        DeliveryConfig config = new DeliveryConfig(
                section.seconds("leaseSeconds", 12, 1, 600),
                section.seconds("renewSeconds", 4, 0.2, 200),
                section.integer("maxAttempts", 5, 1, 100),
                section.secondsList("backoffSeconds", DEFAULT_BACKOFF),
                section.seconds("requeueAfterSeconds", 900, 1, 604_800));
        if (section.areFine("leaseSeconds", "renewSeconds")
                && config.renewEvery().multipliedBy(2).compareTo(config.lease()) > 0) {
            section.complain(
                    "renewSeconds", "has to be at most half of leaseSeconds, or one late renewal loses the work");
        }
        return config;
    }
}
