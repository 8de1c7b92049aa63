package dev.sluice.config;

import dev.sluice.config.reader.ConfigSection;
import java.time.Duration;
import java.util.List;

/**
 * How a run is claimed, kept and, where its stage says nothing else, tried again.
 *
 * @param lease how long a claim holds without renewal
 * @param renewEvery how often running work renews its lease; at most half of {@code lease}, so
 *     that one renewal may come late
 * @param retries for stages that have no settings of their own
 * @param requeueAfter how long a job waits unclaimed, with nothing in its queue, before its message is sent again
 * @param adoptPending whether that goes for jobs of which only the user's table knows, too
 * @param maxTask how long one encode is to take at the most; what is estimated to take longer is encoded in segments
 * @param segmentsInFlight how many messages about segments of one job are out at a time
 */
public record DeliveryConfig(
        Duration leaseDuration,
        Duration leaseRenewInterval,
        RetryConfig retries,
        Duration resendAfter,
        boolean adoptPending,
        Duration maxTaskDuration,
        int maxSegmentsInFlight) {
    private static final RetryConfig DEFAULT_RETRIES = new RetryConfig(
            5, List.of(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofMinutes(2), Duration.ofMinutes(10)));

    static DeliveryConfig read(ConfigSection section) {
        DeliveryConfig config = new DeliveryConfig(
                section.duration("leaseSeconds", 12, 1, 600),
                section.duration("renewSeconds", 4, 0.2, 200),
                RetryConfig.read(section, DEFAULT_RETRIES),
                section.duration("requeueAfterSeconds", 900, 1, 604_800),
                section.bool("adoptPending", false),
                section.duration("maxTaskSeconds", 300, 1, 86_400),
                section.integer("segmentsInFlight", 64, 1, 1000));
        if (section.areValid("leaseSeconds", "renewSeconds")
                && config.leaseRenewInterval().multipliedBy(2).compareTo(config.leaseDuration()) > 0) {
            section.addError(
                    "renewSeconds", "has to be at most half of leaseSeconds, or one late renewal loses the work");
        }
        return config;
    }
}
