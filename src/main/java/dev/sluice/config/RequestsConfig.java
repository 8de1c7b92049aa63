package dev.sluice.config;

import dev.sluice.config.reader.ConfigSection;

/**
 * The older system's single-stage requests.
 *
 * @param enabled whether this process takes them
 * @param mode what it does with one
 */
public record RequestsConfig(boolean enabled, Mode mode) {
    /** What becomes of a request. */
    public enum Mode {
        /** A staged job, by messages of its own. */
        STAGED,
        /** All of the work under the request's own delivery. */
        SINGLE_STAGE
    }

    static RequestsConfig read(ConfigSection section) {
        return new RequestsConfig(section.bool("enabled", false), section.enumValue("mode", Mode.STAGED));
    }
}
