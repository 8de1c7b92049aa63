package dev.sluice.config;

import dev.sluice.config.reader.ConfigSection;
import java.time.Duration;
import java.util.List;

/**
 * How work that failed is tried again.
 *
 * @param maxAttempts attempts before the job is FAILED
 * @param backoff waits before the second, third, … attempt; the last one repeats
 */
public record RetryConfig(int maxAttempts, List<Duration> delays) {
    static final String MAX_ATTEMPTS = "maxAttempts";
    static final String BACKOFF = "backoffSeconds";

    public RetryConfig {
        delays = List.copyOf(delays);
    }

    /** Reads what the section says; what it leaves out is as in {@code fallback}. */
    static RetryConfig read(ConfigSection section, RetryConfig fallback) {
        return new RetryConfig(
                section.integer(MAX_ATTEMPTS, fallback.maxAttempts(), 1, 100),
                section.durations(BACKOFF, fallback.delays()));
    }
}
