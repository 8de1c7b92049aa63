package dev.sluice.config;

import dev.sluice.config.reader.ConfigSection;

/**
 * One stage on this host.
 *
 * @param instances verticles, each with a connection and a consumer of its own; 0: this host does not run the stage
 * @param concurrency runs at once in each instance; also its prefetch
 * @param retries what is tried again, and when
 */
public record StageConfig(int instances, int concurrency, RetryConfig retries) {

    static StageConfig read(ConfigSection section, int concurrency, RetryConfig retries) {
        return new StageConfig(
                section.integer("instances", 1, 0, 64),
                section.integer("concurrency", concurrency, 1, 256),
                RetryConfig.read(section, retries));
    }
}
