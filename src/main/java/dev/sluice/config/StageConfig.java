package dev.sluice.config;

import dev.sluice.config.reader.ConfigSection;

/**
 * A stage on this host.
 *
 * @param instances verticles, each with its own connection and consumer; 0: this host does not run the stage
 * @param concurrency concurrent runs of each instance; also its prefetch
 */
public record StageConfig(int instances, int concurrency, RetryConfig retries) {

    public static final int MAX_INSTANCES = 64;
    public static final int MAX_CONCURRENCY = 256;
    /** Beyond them the scaling thread of FFmpeg limits the speed (docs/decisions/160-threads-of-an-encode.md). */
    private static final int MAX_EXTRA_THREADS = 8;

    /**
     * These settings with other numbers.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public StageConfig scaled(int newInstances, int newConcurrency) {
        requireRange("instances", newInstances, 0, MAX_INSTANCES);
        requireRange("concurrency", newConcurrency, 1, MAX_CONCURRENCY);
        return new StageConfig(newInstances, newConcurrency, retries);
    }

    /**
     * Threads of one FFmpeg run: twice its share of the cores, up to {@value #MAX_EXTRA_THREADS}, because other slots are often idle,
     * and more threads than cores cost no additional CPU time; never more than the cores.
     */
    public int threadsPerRun(int cores) {
        int share = Math.max(1, cores / Math.max(1, instances * concurrency));
        return Math.min(cores, Math.max(share, Math.min(MAX_EXTRA_THREADS, 2 * share)));
    }

    private static void requireRange(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " must be from " + min + " to " + max + ", not " + value);
        }
    }

    static StageConfig read(ConfigSection section, int concurrency, RetryConfig retries) {
        return new StageConfig(
                section.integer("instances", 1, 0, MAX_INSTANCES),
                section.integer("concurrency", concurrency, 1, MAX_CONCURRENCY),
                RetryConfig.read(section, retries));
    }
}
