package dev.sluice.http;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Compares a value with a schema. Supports what the request schemas of the API use: {@code type}, {@code enum},
 * {@code minimum}, {@code maximum}, {@code minLength}, {@code maxLength}, {@code items} and {@code maxItems}.
 */
final class SchemaRule {
    private SchemaRule() {}

    /** Whether the text of a parameter matches its schema. */
    static boolean matchesText(JsonObject schema, String text) {
        return "integer".equals(schema.getString("type"))
                ? text.matches("-?\\d{1,18}") && isInRange(schema, Long.valueOf(text))
                : isText(schema, text);
    }

    /** Whether a value of a JSON body matches its schema. */
    static boolean matches(JsonObject schema, @Nullable Object value) {
        return switch (schema.getString("type")) {
            case "boolean" -> value instanceof Boolean;
            case "integer" -> value instanceof Number number && isInteger(number) && isInRange(schema, number);
            case "number" -> value instanceof Number number && isInRange(schema, number);
            case "array" -> value instanceof JsonArray array && isArray(schema, array);
            default -> value instanceof String text && isText(schema, text);
        };
    }

    private static boolean isInteger(Number number) {
        return number.doubleValue() == Math.rint(number.doubleValue());
    }

    private static boolean isInRange(JsonObject schema, Number number) {
        double value = number.doubleValue();
        return value >= schema.getDouble("minimum", Double.NEGATIVE_INFINITY)
                && value <= schema.getDouble("maximum", Double.POSITIVE_INFINITY);
    }

    private static boolean isArray(JsonObject schema, JsonArray array) {
        return array.size() <= schema.getInteger("maxItems", Integer.MAX_VALUE)
                && array.stream().allMatch(item -> matches(schema.getJsonObject("items"), item));
    }

    private static boolean isText(JsonObject schema, String text) {
        return text.length() >= schema.getInteger("minLength", 0)
                && text.length() <= schema.getInteger("maxLength", Integer.MAX_VALUE)
                && schema.getJsonArray("enum", new JsonArray().add(text)).contains(text);
    }

    /** The rule of a schema, to follow "must be". */
    static String rule(JsonObject schema) {
        return switch (schema.getString("type")) {
            case "boolean" -> "true or false";
            case "integer" -> "an integer" + range(schema);
            case "number" -> "a number" + range(schema);
            case "array" ->
                "a list of at most " + schema.getInteger("maxItems") + " items, each "
                        + rule(schema.getJsonObject("items"));
            default ->
                schema.containsKey("enum")
                        ? "one of "
                                + schema.getJsonArray("enum").stream()
                                        .map(String::valueOf)
                                        .collect(Collectors.joining(", "))
                        : "a text of " + schema.getInteger("minLength", 0) + " to " + schema.getInteger("maxLength")
                                + " characters";
        };
    }

    private static String range(JsonObject schema) {
        return schema.containsKey("minimum")
                ? " from " + schema.getValue("minimum") + " to " + schema.getValue("maximum")
                : "";
    }
}
