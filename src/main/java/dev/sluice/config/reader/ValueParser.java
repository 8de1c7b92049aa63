package dev.sluice.config.reader;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What a value as it came, out of JSON or as an environment variable's text, means. Throws {@link
 * IllegalArgumentException} with what is needed instead, and never with the value: it may be a secret.
 */
public final class ValueParser {
    private ValueParser() {}

    public static String text(Object value) {
        if (value instanceof String text && !text.isBlank()) {
            return text;
        }
        throw new IllegalArgumentException("a text that is not empty is needed");
    }

    static long integer(Object value, long min, long max) {
        long number;
        try {
            number = Long.parseLong(String.valueOf(value));
        } catch (NumberFormatException bad) {
            throw new IllegalArgumentException("a whole number is needed", bad);
        }
        if (number < min || number > max) {
            throw new IllegalArgumentException("it has to be from " + min + " to " + max);
        }
        return number;
    }

    /** A time given in seconds, to the millisecond. */
    static Duration seconds(Object value, double min, double max) {
        double seconds;
        try {
            seconds = Double.parseDouble(String.valueOf(value));
        } catch (NumberFormatException bad) {
            throw new IllegalArgumentException("a number of seconds is needed", bad);
        }
        // Not the other way round: NaN is in no range.
        if (!(seconds >= min && seconds <= max)) {
            throw new IllegalArgumentException("it has to be from " + plain(min) + " to " + plain(max) + " seconds");
        }
        return Duration.ofMillis(Math.round(seconds * 1000));
    }

    static boolean flag(Object value) {
        return switch (String.valueOf(value)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("true or false is needed");
        };
    }

    public static <E extends Enum<E>> E choice(Object value, Class<E> type) {
        List<E> options = List.of(type.getEnumConstants());
        return options.stream()
                .filter(option -> lowerCase(option).equals(value))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("one of "
                        + String.join(
                                ", ",
                                options.stream().map(ValueParser::lowerCase).toList()) + " is needed"));
    }

    /** A JSON list with at least one entry; an environment variable holds it as JSON text. */
    public static JsonArray list(Object value, String what) {
        Object list = value;
        if (value instanceof String text) {
            try {
                list = new JsonArray(text);
            } catch (DecodeException bad) {
                throw new IllegalArgumentException("a JSON list of " + what + " is needed", bad);
            }
        }
        if (list instanceof JsonArray array && !array.isEmpty()) {
            return array;
        }
        throw new IllegalArgumentException("a list of " + what + " with at least one entry is needed");
    }

    /** A path, made absolute; {@code ~/} is the user's home. */
    public static Path path(Object value) {
        String text = text(value);
        try {
            Path path =
                    text.startsWith("~/") ? Path.of(System.getProperty("user.home"), text.substring(2)) : Path.of(text);
            return path.toAbsolutePath().normalize();
        } catch (InvalidPathException bad) {
            throw new IllegalArgumentException("it is not a path", bad);
        }
    }

    private static String lowerCase(Enum<?> option) {
        return option.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? String.valueOf((long) number) : String.valueOf(number);
    }
}
