package dev.sluice.config;

import dev.sluice.config.ConfigurationDocTest.Row;
import dev.sluice.config.reader.SchemaRecorder;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Generates the JSON Schema of the configuration file. Keys, types and ranges are those of the reader; descriptions, defaults
 * and order those of the documentation.
 */
final class ConfigSchema {
    private static final JsonObject TEXT = string("minLength", 1);

    /** Keys with their own parser, and constraints that are checked after a key has been read. */
    private static final Map<String, JsonObject> OWN_PARSER = Map.ofEntries(
            Map.entry("rabbitmq.uri", pattern("^amqps?://")),
            Map.entry("postgres.uri", pattern("^postgres(ql)?://")),
            Map.entry("s3.endpoint", pattern("^https?://")),
            Map.entry("s3.publicEndpoint", pattern("^https?://")),
            Map.entry(
                    "media.preset",
                    string(
                            "enum",
                            JsonArray.of(
                                    "ultrafast",
                                    "superfast",
                                    "veryfast",
                                    "faster",
                                    "fast",
                                    "medium",
                                    "slow",
                                    "slower",
                                    "veryslow"))),
            Map.entry(
                    "media.ladder",
                    list(object("quality", "shortSide", "maxKbps")
                            .put(
                                    "properties",
                                    new JsonObject()
                                            .put("quality", pattern("^[A-Za-z0-9_-]{1,32}$"))
                                            .put("shortSide", integer(16, 8192).put("multipleOf", 2))
                                            .put("maxKbps", integer(16, 200_000))))),
            Map.entry(
                    "media.codecs",
                    list(string("enum", JsonArray.of("h264", "av1")))
                            .put("contains", new JsonObject().put("const", "h264"))),
            Map.entry("keys.video", TEXT),
            Map.entry("keys.thumbnail", TEXT),
            Map.entry("keys.stream", TEXT),
            Map.entry(
                    "media.loudness.target",
                    new JsonObject()
                            .put(
                                    "anyOf",
                                    JsonArray.of(
                                            new JsonObject()
                                                    .put("type", "number")
                                                    .put("minimum", -40)
                                                    .put("maximum", -5),
                                            new JsonObject().put("const", "none")))),
            Map.entry("media.streaming", string("enum", JsonArray.of("hls", "hls+dash", "none"))),
            Map.entry("keys.staging", pattern("/$").put("maxLength", 128)),
            Map.entry("backend.jwtSecret", string("minLength", 32)),
            Map.entry("backend.webhookSecret", string("minLength", 32)),
            Map.entry("backend.jwtPublicKeyFile", TEXT),
            Map.entry("backend.corsOrigins", list(pattern("^https?://[^/]+$"))),
            Map.entry(
                    "backend.webhooks",
                    list(object("url")
                            .put(
                                    "properties",
                                    new JsonObject()
                                            .put("url", pattern("^https?://"))
                                            .put("events", list(string("enum", JsonArray.of("completed", "failed"))))
                                            .put("secret", string("minLength", 32))))),
            Map.entry("cluster.secret", string("minLength", 32)),
            Map.entry("cluster.host", pattern("^[A-Za-z0-9][A-Za-z0-9._-]*$")),
            Map.entry("cluster.publicHost", pattern("^[A-Za-z0-9][A-Za-z0-9._-]*$")),
            Map.entry("cluster.members", list(pattern("^[A-Za-z0-9][A-Za-z0-9._-]*(:\\d{1,5})?$"))));

    private ConfigSchema() {}

    static JsonObject generate(List<Row> rows, Map<String, String> sectionTitles) {
        SchemaRecorder reader = new SchemaRecorder();
        var unused = SluiceConfig.read(reader);
        JsonObject root =
                object().put("properties", new JsonObject().put("$schema", new JsonObject().put("type", "string")));
        for (Row row : rows) {
            JsonObject key = Objects.requireNonNull(reader.schemas().remove(row.key()), row.key())
                    .mergeIn(OWN_PARSER.getOrDefault(row.key(), new JsonObject()));
            if (key.isEmpty()) {
                throw new IllegalStateException(row.key() + " has its own parser and needs a schema");
            }
            parent(root, row.key(), sectionTitles).put(lastPart(row.key()), described(key, row));
        }
        if (!reader.schemas().isEmpty()) {
            throw new IllegalStateException(
                    "not documented: " + reader.schemas().keySet());
        }
        root.getJsonObject("properties")
                .put("profiles", profiles(root.getJsonObject("properties").getJsonObject("media")));
        return new JsonObject()
                .put("$schema", "https://json-schema.org/draft/2020-12/schema")
                .put("title", "Sluice configuration")
                .mergeIn(root);
    }

    /** Each has the keys of section media, without the limits of the host; the defaults are the values of media. */
    private static JsonObject profiles(JsonObject media) {
        JsonObject keys = media.getJsonObject("properties").copy();
        keys.remove("limits");
        keys.remove("growingStreamSeconds");
        keys.forEach(key -> ((JsonObject) key.getValue()).remove("default"));
        return object().put("description", "settings that a job may name; missing keys are those of media")
                .put(
                        "patternProperties",
                        new JsonObject().put("^(?!default$)[a-z0-9-]{1,32}$", object().put("properties", keys)));
    }

    private static JsonObject described(JsonObject key, Row row) {
        JsonObject described =
                new JsonObject().put("description", plainText(row.meaning())).mergeIn(key);
        if (row.value().matches("`[^`]+`")) {
            String value = row.value().replace("`", "");
            described.put("default", "string".equals(key.getString("type")) ? value : Json.decodeValue(value));
        }
        return described;
    }

    /** The properties of the section that contains the key. */
    private static JsonObject parent(JsonObject root, String key, Map<String, String> titles) {
        JsonObject properties = root.getJsonObject("properties");
        for (int end = key.indexOf('.'); end > 0; end = key.indexOf('.', end + 1)) {
            String path = key.substring(0, end);
            String name = lastPart(path);
            if (!properties.containsKey(name)) {
                JsonObject section = titles.containsKey(path)
                        ? new JsonObject().put("description", titles.get(path))
                        : new JsonObject();
                properties.put(name, section.mergeIn(object()).put("properties", new JsonObject()));
            }
            properties = properties.getJsonObject(name).getJsonObject("properties");
        }
        return properties;
    }

    private static String plainText(String markdown) {
        return markdown.replaceAll("\\[([^\\[\\]]*)]\\([^)]*\\)", "$1")
                .replaceAll("\\[`(.*)`]\\([^)]*\\)", "$1")
                .replaceAll("[;,] see below", "")
                .replace("`", "")
                .strip();
    }

    private static String lastPart(String key) {
        return key.substring(key.lastIndexOf('.') + 1);
    }

    private static JsonObject object(String... required) {
        JsonObject object = new JsonObject().put("type", "object").put("additionalProperties", false);
        return required.length == 0 ? object : object.put("required", new JsonArray(List.of(required)));
    }

    private static JsonObject list(JsonObject items) {
        return new JsonObject().put("type", "array").put("minItems", 1).put("items", items);
    }

    private static JsonObject integer(int min, int max) {
        return new JsonObject().put("type", "integer").put("minimum", min).put("maximum", max);
    }

    private static JsonObject pattern(String pattern) {
        return string("pattern", pattern);
    }

    private static JsonObject string(String keyword, Object value) {
        return new JsonObject().put("type", "string").put(keyword, value);
    }
}
