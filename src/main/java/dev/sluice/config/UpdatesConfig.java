package dev.sluice.config;

import dev.sluice.config.reader.ConfigSection;
import java.time.Duration;

/**
 * What the publisher does when.
 *
 * @param tickEvery the shortest time between two progress ticks of one job
 * @param sweepEvery how often the outbox is searched for rows that nobody announced
 */
public record UpdatesConfig(Duration progressInterval, Duration outboxPollInterval) {

    static UpdatesConfig read(ConfigSection section) {
        return new UpdatesConfig(
                section.duration("tickSeconds", 1, 0.1, 60), section.duration("sweepSeconds", 1, 0.1, 60));
    }
}
