package dev.sluice.config;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads one section key by key: the environment first ({@code SLUICE_SECTION_KEY}), then the file, then the default.
 * Trouble becomes a complaint and the default goes on, so that one run finds all of it.
 */
final class Section {
    private final Settings settings;
    private final String path;
    private final JsonObject json;

    Section(Settings settings, String path, JsonObject json) {
        this.settings = settings;
        this.path = path;
        this.json = json;
    }

    String text(String key, String fallback) {
        return optionalText(key).orElse(fallback);
    }

    Optional<String> optionalText(String key) {
        return read(key, value -> {
            if (value instanceof String text && !text.isBlank()) {
                return text;
            }
            throw new IllegalArgumentException("a text that is not empty is needed");
        });
    }

    /** A secret: given as {@code key}, or as {@code keyFile}, the path of a file that holds it. */
    Optional<Secret> secret(String key) {
        Optional<Secret> inline = optionalText(key).map(Secret::new);
        Optional<Secret> fromFile = read(key + "File", value -> {
            try {
                return new Secret(
                        Files.readString(Path.of(String.valueOf(value))).strip());
            } catch (IOException unreadable) {
                throw new IllegalArgumentException("the file cannot be read");
            }
        });
        if (inline.isPresent() && fromFile.isPresent()) {
            complain(key, "is given twice, as " + key + " and as " + key + "File");
        }
        return inline.or(() -> fromFile);
    }

    int integer(String key, int fallback, int least, int most) {
        return (int) number(key, fallback, least, most);
    }

    long number(String key, long fallback, long least, long most) {
        return read(key, value -> inRange(wholeNumber(value), least, most)).orElse(fallback);
    }

    /** A time in seconds; fractions are allowed. */
    Duration seconds(String key, double fallback, double least, double most) {
        return duration(read(key, value -> inRange(seconds(value), least, most)).orElse(fallback));
    }

    /** Times in seconds, at least one. */
    List<Duration> secondsList(String key, List<Double> fallback) {
        List<Double> list = read(key, value -> {
                    if (!(value instanceof JsonArray array) || array.isEmpty()) {
                        throw new IllegalArgumentException("a list of seconds with at least one entry is needed");
                    }
                    return array.stream()
                            .map(entry -> inRange(seconds(entry), 0, 86_400))
                            .toList();
                })
                .orElse(fallback);
        return list.stream().map(Section::duration).toList();
    }

    boolean flag(String key, boolean fallback) {
        return read(key, value -> switch (String.valueOf(value)) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> throw new IllegalArgumentException("true or false is needed");
                })
                .orElse(fallback);
    }

    <E extends Enum<E>> E choice(String key, E fallback) {
        Class<E> type = fallback.getDeclaringClass();
        return read(key, value -> {
                    for (E option : type.getEnumConstants()) {
                        if (option.name().toLowerCase(Locale.ROOT).equals(value)) {
                            return option;
                        }
                    }
                    throw new IllegalArgumentException("one of "
                            + List.of(type.getEnumConstants()).toString().toLowerCase(Locale.ROOT) + " is needed");
                })
                .orElse(fallback);
    }

    Optional<Path> optionalPath(String key) {
        return read(key, value -> {
            try {
                String text = String.valueOf(value);
                return Path.of(text.startsWith("~/") ? System.getProperty("user.home") + text.substring(1) : text)
                        .toAbsolutePath()
                        .normalize();
            } catch (InvalidPathException bad) {
                throw new IllegalArgumentException("not a path");
            }
        });
    }

    Path path(String key, String fallback) {
        return optionalPath(key)
                .orElseGet(() -> Path.of(
                                fallback.startsWith("~/")
                                        ? System.getProperty("user.home") + fallback.substring(1)
                                        : fallback)
                        .toAbsolutePath()
                        .normalize());
    }

    /** The value that {@code convert} makes of the key; what it throws becomes the complaint. */
    <T> Optional<T> read(String key, Function<Object, T> convert) {
        settings.know(path + "." + key);
        Optional<Object> given = given(key);
        try {
            return given.map(convert);
        } catch (IllegalArgumentException bad) {
            complain(key, "cannot use " + shown(key, given) + ": " + bad.getMessage());
            return Optional.empty();
        }
    }

    void complain(String key, String what) {
        settings.complain(path + "." + key, what);
    }

    private Optional<Object> given(String key) {
        String name = variable(path + "." + key);
        String fromEnvironment = settings.environment().get(name);
        if (fromEnvironment == null || fromEnvironment.isEmpty()) {
            return Optional.ofNullable(json.getValue(key));
        }
        return Optional.of(fromEnvironment.startsWith("[") ? list(key, fromEnvironment) : fromEnvironment);
    }

    private Object list(String key, String text) {
        try {
            return Json.decodeValue(text);
        } catch (DecodeException bad) {
            complain(key, "the environment's value starts with '[' but is not a JSON list");
            return new JsonArray();
        }
    }

    /** The environment variable for a key: {@code rabbitmq.confirmTimeout} is {@code SLUICE_RABBITMQ_CONFIRM_TIMEOUT}. */
    static String variable(String key) {
        return "SLUICE_"
                + key.replace('.', '_').replaceAll("([a-z0-9])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT);
    }

    private static String shown(String key, Optional<Object> given) {
        boolean secret = key.startsWith("password") || key.startsWith("secretKey");
        return secret ? "the given value" : "'" + given.map(String::valueOf).orElse("").replaceAll("//[^@/]*@", "//***@") + "'";
    }

    private static long wholeNumber(Object value) {
        if (value instanceof Integer || value instanceof Long) {
            return ((Number) value).longValue();
        }
        try {
            return Long.parseLong(String.valueOf(value));
        } catch (NumberFormatException bad) {
            throw new IllegalArgumentException("a whole number is needed", bad);
        }
    }

    private static double seconds(Object value) {
        try {
            return Double.parseDouble(String.valueOf(value));
        } catch (NumberFormatException bad) {
            throw new IllegalArgumentException("a number of seconds is needed", bad);
        }
    }

    private static long inRange(long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("it has to be from " + least + " to " + most);
        }
        return value;
    }

    private static double inRange(double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException("it has to be from " + least + " to " + most);
        }
        return value;
    }

    private static Duration duration(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1000));
    }
}
