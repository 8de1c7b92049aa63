package dev.sluice.config;

import dev.sluice.config.reader.ConfigSection;
import java.time.Duration;
import java.util.List;

/**
 * Claims, retries, resends and tasks of runs.
 *
 * @param leaseDuration validity of a claim without renewal
 * @param leaseRenewInterval at most half of {@code leaseDuration}, so that one late renewal loses no lease
 * @param retries default of the stages
 * @param resendAfter the message of a job that is unclaimed for this time, and no longer in its queue, is resent
 * @param adoptPending whether PENDING rows of the user's job table that Sluice never received are resent, too
 * @param maxTaskDuration maximum estimated time of one encode; longer videos are encoded in segments
 * @param maxSegmentsInFlight segments of one job that are queued or in progress
 * @param failurePause when a worker pauses a stage on itself
 */
public record DeliveryConfig(
        Duration leaseDuration,
        Duration leaseRenewInterval,
        RetryConfig retries,
        Duration resendAfter,
        boolean adoptPending,
        Duration maxTaskDuration,
        int maxSegmentsInFlight,
        FailurePause failurePause) {
    private static final RetryConfig DEFAULT_RETRIES = new RetryConfig(
            5, List.of(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofMinutes(2), Duration.ofMinutes(10)));

    /**
     * When a worker pauses a stage on itself because its runs fail while those of other workers succeed.
     *
     * @param failures retryable failures in a row; 0: never
     * @param probeAfter time to the next run; doubled after each failed one, up to 30 minutes
     */
    public record FailurePause(int failures, Duration probeAfter) {}

    static DeliveryConfig read(ConfigSection section) {
        DeliveryConfig config = new DeliveryConfig(
                section.duration("leaseSeconds", 12, 1, 600),
                section.duration("leaseRenewSeconds", 4, 0.2, 200),
                RetryConfig.read(section, DEFAULT_RETRIES),
                section.duration("resendAfterSeconds", 900, 1, 604_800),
                section.bool("adoptPending", false),
                section.duration("maxTaskSeconds", 120, 1, 86_400),
                section.integer("maxSegmentsInFlight", 64, 1, 1000),
                new FailurePause(
                        section.integer("pauseAfterFailures", 5, 0, 1000),
                        section.duration("probeAfterSeconds", 60, 1, 3600)));
        if (section.areValid("leaseSeconds", "leaseRenewSeconds")
                && config.leaseRenewInterval().multipliedBy(2).compareTo(config.leaseDuration()) > 0) {
            section.addError(
                    "leaseRenewSeconds", "must be at most half of leaseSeconds, or one late renewal loses the lease");
        }
        return config;
    }
}
