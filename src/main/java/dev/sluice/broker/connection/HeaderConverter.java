package dev.sluice.broker.connection;

import com.rabbitmq.client.LongString;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Converts AMQP header tables to JSON and back. */
public final class HeaderConverter {
    private HeaderConverter() {}

    /**
     * Converts a table to JSON: text of any type becomes a string, a time ISO 8601, bytes Base64; nesting is preserved.
     */
    public static JsonObject toJson(@Nullable Map<String, Object> table) {
        JsonObject json = new JsonObject();
        if (table != null) {
            table.forEach((key, value) -> json.put(key, jsonValue(value)));
        }
        return json;
    }

    private static @Nullable Object jsonValue(@Nullable Object value) {
        if (value instanceof LongString text) {
            return text.toString();
        }
        if (value instanceof Date date) {
            return date.toInstant().toString();
        }
        if (value instanceof byte[] bytes) {
            return Base64.getEncoder().encodeToString(bytes);
        }
        if (value instanceof List<?> list) {
            JsonArray array = new JsonArray();
            list.forEach(item -> array.add(jsonValue(item)));
            return array;
        }
        if (value instanceof Map<?, ?> map) {
            JsonObject object = new JsonObject();
            map.forEach((key, item) -> object.put(String.valueOf(key), jsonValue(item)));
            return object;
        }
        return value == null || value instanceof Number || value instanceof Boolean ? value : value.toString();
    }

    /** Converts JSON to an AMQP table. Null values are omitted, because brokers treat them differently. */
    public static Map<String, Object> toTable(JsonObject json) {
        Map<String, Object> table = new HashMap<>();
        for (Map.Entry<String, Object> entry : json) {
            Object value = tableValue(entry.getValue());
            if (value != null) {
                table.put(entry.getKey(), value);
            }
        }
        return table;
    }

    private static @Nullable Object tableValue(@Nullable Object value) {
        if (value instanceof JsonObject object) {
            return toTable(object);
        }
        if (value instanceof JsonArray array) {
            return array.stream()
                    .map(HeaderConverter::tableValue)
                    .filter(item -> item != null)
                    .toList();
        }
        return value == null || value instanceof Number || value instanceof Boolean ? value : value.toString();
    }
}
