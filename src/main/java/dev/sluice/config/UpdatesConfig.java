package dev.sluice.config;

import dev.sluice.config.reader.ConfigSection;
import java.time.Duration;

/**
 * Intervals of the publisher.
 *
 * @param progressInterval minimum time between two progress updates of one job
 * @param outboxPollInterval interval at which the outbox is polled for messages of a dead process
 */
public record UpdatesConfig(Duration progressInterval, Duration outboxPollInterval) {

    static UpdatesConfig read(ConfigSection section) {
        return new UpdatesConfig(
                section.duration("progressIntervalSeconds", 1, 0.1, 60),
                section.duration("outboxPollSeconds", 1, 0.1, 60));
    }
}
