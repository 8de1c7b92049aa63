package dev.sluice.config;

import dev.sluice.config.reader.ConfigSection;
import java.time.Duration;
import java.util.List;

/**
 * Retries of failed runs.
 *
 * @param maxAttempts attempts before the job is FAILED
 * @param delays before the second, third, … attempt; the last one repeats
 */
public record RetryConfig(int maxAttempts, List<Duration> delays) {
    public RetryConfig {
        delays = List.copyOf(delays);
    }

    /** Reads the section; keys that are not set are taken from {@code fallback}. */
    static RetryConfig read(ConfigSection section, RetryConfig fallback) {
        return new RetryConfig(
                section.integer("maxAttempts", fallback.maxAttempts(), 1, 100),
                section.durations("backoffSeconds", fallback.delays()));
    }
}
