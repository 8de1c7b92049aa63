package dev.sluice.config;

import dev.sluice.config.reader.ConfigSection;

/**
 * The monitoring endpoint of this process.
 *
 * @param enabled whether the process collects the metrics of Vert.x and serves the endpoint
 * @param host the address to listen on
 * @param port the first port that is tried; 0: any free port
 */
public record MonitoringConfig(boolean enabled, String host, int port) {
    static MonitoringConfig read(ConfigSection section) {
        return new MonitoringConfig(
                section.bool("enabled", true),
                section.string("host", "127.0.0.1"),
                section.integer("port", 9464, 0, 65_535));
    }
}
