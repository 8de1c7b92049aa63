package dev.sluice.config;

/**
 * One stage on this host.
 *
 * @param instances verticles, each with a connection and a consumer of its own; 0: this host does not run the stage
 * @param concurrency runs at once in each instance; also its prefetch
 */
public record StageConfig(int instances, int concurrency) {

    static StageConfig read(Section section, int concurrency) {
        return new StageConfig(
                section.integer("instances", 1, 0, 64), section.integer("concurrency", concurrency, 1, 256));
    }
}
