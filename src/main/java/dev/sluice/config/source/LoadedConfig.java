package dev.sluice.config.source;

import dev.sluice.config.SluiceConfig;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * A valid configuration.
 *
 * @param json the file
 * @param digest equal for equal files and environment variables
 */
public record LoadedConfig(SluiceConfig config, JsonObject json, String digest, Instant loadedAt) {
    private static final String STAGES = "stages";

    /** A configuration that does not come from a file. */
    public static LoadedConfig of(SluiceConfig config) {
        return new LoadedConfig(config, new JsonObject(), "", Instant.now());
    }

    /** As this one with {@code changed}, which differs from the file. */
    public LoadedConfig with(SluiceConfig changed) {
        return new LoadedConfig(changed, json, digest, loadedAt);
    }

    /** The sections of the files that differ, such as {@code media} and {@code stages.processing}. */
    public Set<String> changedSections(LoadedConfig newer) {
        Set<String> changed = changedFields("", json, newer.json);
        if (changed.remove(STAGES)) {
            changed.addAll(changedFields(
                    STAGES + ".",
                    json.getJsonObject(STAGES, new JsonObject()),
                    newer.json.getJsonObject(STAGES, new JsonObject())));
        }
        return changed;
    }

    private static Set<String> changedFields(String prefix, JsonObject older, JsonObject newer) {
        Set<String> changed = new TreeSet<>();
        older.fieldNames().forEach(field -> compare(prefix, field, older, newer, changed));
        newer.fieldNames().forEach(field -> compare(prefix, field, older, newer, changed));
        return changed;
    }

    private static void compare(String prefix, String field, JsonObject older, JsonObject newer, Set<String> changed) {
        if (!Objects.equals(older.getValue(field), newer.getValue(field))) {
            changed.add(prefix + field);
        }
    }
}
