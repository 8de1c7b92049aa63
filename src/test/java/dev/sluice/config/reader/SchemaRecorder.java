package dev.sluice.config.reader;

import dev.sluice.common.tls.CaFile;
import dev.sluice.config.value.Secret;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/** Records the JSON Schema of each key that is read; it is empty for keys with their own parser. */
public final class SchemaRecorder extends ConfigReader {
    private final Map<String, JsonObject> schemas = new TreeMap<>();

    public SchemaRecorder() {
        super(new JsonObject(), Map.of());
    }

    /** By key, {@code section.key}. */
    public Map<String, JsonObject> schemas() {
        return schemas;
    }

    @Override
    public ConfigSection section(String path) {
        return new RecordingSection(path);
    }

    private static JsonObject type(String name) {
        return new JsonObject().put("type", name);
    }

    private static JsonObject text() {
        return type("string").put("minLength", 1);
    }

    private static JsonObject seconds(double min, double max) {
        return type("number").put("minimum", plain(min)).put("maximum", plain(max));
    }

    private static Number plain(double number) {
        return number == Math.rint(number) ? (Number) (long) number : (Number) number;
    }

    private final class RecordingSection extends ConfigSection {
        private final String path;

        RecordingSection(String path) {
            super(SchemaRecorder.this, path, new JsonObject());
            this.path = path;
        }

        private void put(String key, JsonObject schema) {
            schemas.putIfAbsent(path + "." + key, schema);
        }

        @Override
        public Optional<String> optionalString(String key) {
            put(key, text());
            return super.optionalString(key);
        }

        @Override
        public Optional<Secret> secret(String key) {
            put(key + "File", text());
            return super.secret(key);
        }

        @Override
        public long longValue(String key, long fallback, long min, long max) {
            put(key, type("integer").put("minimum", min).put("maximum", max));
            return super.longValue(key, fallback, min, max);
        }

        @Override
        public Duration duration(String key, double fallback, double min, double max) {
            put(key, seconds(min, max));
            return super.duration(key, fallback, min, max);
        }

        @Override
        public List<Duration> durations(String key, List<Duration> fallback) {
            put(key, type("array").put("minItems", 1).put("items", seconds(0, MAX_LIST_SECONDS)));
            return super.durations(key, fallback);
        }

        @Override
        public boolean bool(String key, boolean fallback) {
            put(key, type("boolean"));
            return super.bool(key, fallback);
        }

        @Override
        public <E extends Enum<E>> E enumValue(String key, E fallback) {
            List<String> options = Stream.of(fallback.getDeclaringClass().getEnumConstants())
                    .map(ValueParser::optionName)
                    .toList();
            put(key, type("string").put("enum", new JsonArray(options)));
            return super.enumValue(key, fallback);
        }

        @Override
        public Optional<Path> optionalPath(String key) {
            put(key, text());
            return super.optionalPath(key);
        }

        @Override
        public Optional<CaFile> caFile() {
            put("caFile", text());
            return super.caFile();
        }

        @Override
        public <T> Optional<T> read(String key, Function<Object, T> convert) {
            put(key, new JsonObject());
            return super.read(key, convert);
        }
    }
}
