package dev.sluice.config.reader;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Parses values from JSON or from the text of an environment variable. Throws {@link IllegalArgumentException} with the
 * expected form, and never with the value, which may be a secret.
 */
public final class ValueParser {
    private ValueParser() {}

    public static String text(Object value) {
        if (value instanceof String text && !text.isBlank()) {
            return text;
        }
        throw new IllegalArgumentException("must be a non-empty string");
    }

    static long integer(Object value, long min, long max) {
        long number;
        try {
            number = Long.parseLong(String.valueOf(value));
        } catch (NumberFormatException bad) {
            throw new IllegalArgumentException("must be an integer", bad);
        }
        if (number < min || number > max) {
            throw new IllegalArgumentException("must be from " + min + " to " + max);
        }
        return number;
    }

    /** A duration in seconds, rounded to milliseconds. */
    static Duration seconds(Object value, double min, double max) {
        double seconds;
        try {
            seconds = Double.parseDouble(String.valueOf(value));
        } catch (NumberFormatException bad) {
            throw new IllegalArgumentException("must be a number of seconds", bad);
        }
        // Negated so that NaN is rejected, too.
        if (!(seconds >= min && seconds <= max)) {
            throw new IllegalArgumentException("must be from " + plain(min) + " to " + plain(max) + " seconds");
        }
        return Duration.ofMillis(Math.round(seconds * 1000));
    }

    static boolean flag(Object value) {
        return switch (String.valueOf(value)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("must be true or false");
        };
    }

    public static <E extends Enum<E>> E choice(Object value, Class<E> type) {
        List<E> options = List.of(type.getEnumConstants());
        return options.stream()
                .filter(option -> optionName(option).equals(value))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("must be one of "
                        + options.stream().map(ValueParser::optionName).collect(Collectors.joining(", "))));
    }

    /** A JSON list with at least one entry; in an environment variable, the text of the list. */
    public static JsonArray list(Object value, String what) {
        Object list = value;
        if (value instanceof String text) {
            try {
                list = new JsonArray(text);
            } catch (DecodeException bad) {
                throw new IllegalArgumentException("must be a JSON list of " + what, bad);
            }
        }
        if (list instanceof JsonArray array && !array.isEmpty()) {
            return array;
        }
        throw new IllegalArgumentException("must be a list of " + what + " with at least one entry");
    }

    /** An absolute path; {@code ~/} stands for the user's home directory. */
    public static Path path(Object value) {
        String text = text(value);
        try {
            Path path =
                    text.startsWith("~/") ? Path.of(System.getProperty("user.home"), text.substring(2)) : Path.of(text);
            return path.toAbsolutePath().normalize();
        } catch (InvalidPathException bad) {
            throw new IllegalArgumentException("must be a path", bad);
        }
    }

    static String optionName(Enum<?> option) {
        return option.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? String.valueOf((long) number) : String.valueOf(number);
    }
}
