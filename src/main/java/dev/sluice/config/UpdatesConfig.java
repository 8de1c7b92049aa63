package dev.sluice.config;

import dev.sluice.config.reader.ConfigSection;
import java.time.Duration;

/**
 * Intervals of the publisher.
 *
 * @param progressInterval minimum time between two progress updates of one job
 * @param outboxPollInterval interval at which the outbox is polled for messages of a dead process
 * @param finalDistance minimum time between the final update of a job and the update before it; zero: none
 * @param rowCheckDelay time after the final update at which the user-table rows are checked; zero: never
 */
public record UpdatesConfig(
        Duration progressInterval, Duration outboxPollInterval, Duration finalDistance, Duration rowCheckDelay) {

    static UpdatesConfig read(ConfigSection section) {
        return new UpdatesConfig(
                section.duration("progressIntervalSeconds", 1, 0.1, 60),
                section.duration("outboxPollSeconds", 1, 0.1, 60),
                section.duration("finalDistanceSeconds", 2, 0, 60),
                section.duration("rowCheckSeconds", 10, 0, 3600));
    }
}
