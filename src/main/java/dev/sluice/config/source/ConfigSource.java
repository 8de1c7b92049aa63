package dev.sluice.config.source;

import dev.sluice.config.SluiceConfig;
import dev.sluice.config.reader.ConfigFile;
import dev.sluice.config.value.InvalidConfigException;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

/**
 * The configuration file and the environment that takes precedence over it.
 *
 * @param environment of the process; does not change
 */
public record ConfigSource(Path file, Map<String, String> environment) {
    public ConfigSource {
        environment = Map.copyOf(environment);
    }

    /**
     * Reads the file as it is now, without validation of its keys; blocks.
     *
     * @throws InvalidConfigException if it is not a JSON object
     */
    public JsonObject read() {
        return ConfigFile.read(file);
    }

    /**
     * Reads and validates the file as it is now; blocks.
     *
     * @throws InvalidConfigException with all errors
     */
    public LoadedConfig load() {
        JsonObject json = read();
        return new LoadedConfig(
                SluiceConfig.read(json, environment), json, ConfigDigest.of(json, environment), Instant.now());
    }
}
