package dev.sluice.config;

import dev.sluice.config.reader.ConfigSection;

/**
 * A stage on this host.
 *
 * @param instances verticles, each with its own connection and consumer; 0: this host does not run the stage
 * @param concurrency concurrent runs of each instance; also its prefetch
 */
public record StageConfig(int instances, int concurrency, RetryConfig retries) {

    static StageConfig read(ConfigSection section, int concurrency, RetryConfig retries) {
        return new StageConfig(
                section.integer("instances", 1, 0, 64),
                section.integer("concurrency", concurrency, 1, 256),
                RetryConfig.read(section, retries));
    }
}
