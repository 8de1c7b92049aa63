package dev.sluice.config;

/**
 * One stage on this host.
 *
 * @param instances verticles, each with a connection and a consumer of its own; 0: this host does not run the stage
 * @param concurrency runs at once in each instance; also its prefetch
 */
public record StageConfig(int instances, int concurrency) {}
