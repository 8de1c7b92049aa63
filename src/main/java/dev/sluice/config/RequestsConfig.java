package dev.sluice.config;

import dev.sluice.config.reader.ConfigSection;

/**
 * Single-stage requests of the legacy system.
 *
 * @param enabled whether this process consumes them
 */
public record RequestsConfig(boolean enabled, Mode mode) {
    /** How a request is processed. */
    public enum Mode {
        /** As a job that passes through the stages. */
        STAGED,
        /** By one worker, under the delivery of the request. */
        SINGLE_STAGE
    }

    static RequestsConfig read(ConfigSection section) {
        return new RequestsConfig(section.bool("enabled", false), section.enumValue("mode", Mode.STAGED));
    }
}
