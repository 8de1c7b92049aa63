package dev.sluice.config.reader;

import dev.sluice.common.tls.CaFile;
import dev.sluice.config.value.Secret;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads one section key by key: the environment first ({@code SLUICE_SECTION_KEY}), then the file, then the default.
 * Trouble becomes a complaint and the default goes on, so that one run finds all of it.
 */
public final class ConfigSection {
    private final ConfigReader reader;
    private final String path;
    private final JsonObject json;

    ConfigSection(ConfigReader reader, String path, JsonObject json) {
        this.reader = reader;
        this.path = path;
        this.json = json;
    }

    public String string(String key, String fallback) {
        return optionalString(key).orElse(fallback);
    }

    public Optional<String> optionalString(String key) {
        return read(key, ValueParser::text);
    }

    /** A secret: given as {@code key}, or as {@code keyFile}, the path of a file that holds it. */
    public Optional<Secret> secret(String key) {
        String fileKey = key + "File";
        Optional<Secret> inline = optionalString(key).map(Secret::new);
        Optional<Secret> fromFile = read(fileKey, value -> contentOf(ValueParser.path(value)));
        if (inline.isEmpty() || fromFile.isEmpty()) {
            return inline.or(() -> fromFile);
        }
        if (isFromEnvironment(key) == isFromEnvironment(fileKey)) {
            addError(key, "is given twice, as " + key + " and as " + fileKey);
        }
        return isFromEnvironment(fileKey) ? fromFile : inline;
    }

    public int integer(String key, int fallback, int min, int max) {
        return (int) longValue(key, fallback, min, max);
    }

    public long longValue(String key, long fallback, long min, long max) {
        return read(key, value -> ValueParser.integer(value, min, max)).orElse(fallback);
    }

    /** A time in seconds; fractions are allowed. */
    public Duration duration(String key, double fallback, double min, double max) {
        return read(key, value -> ValueParser.seconds(value, min, max))
                .orElseGet(() -> ValueParser.seconds(fallback, min, max));
    }

    /** Times in seconds, at least one, each up to a day. */
    public List<Duration> durations(String key, List<Duration> fallback) {
        return read(
                        key,
                        value -> ValueParser.list(value, "seconds").stream()
                                .map(entry -> ValueParser.seconds(entry, 0, 86_400))
                                .toList())
                .orElse(fallback);
    }

    public boolean bool(String key, boolean fallback) {
        return read(key, ValueParser::flag).orElse(fallback);
    }

    public <E extends Enum<E>> E enumValue(String key, E fallback) {
        return read(key, value -> ValueParser.choice(value, fallback.getDeclaringClass()))
                .orElse(fallback);
    }

    public Path path(String key, String fallback) {
        return optionalPath(key).orElseGet(() -> ValueParser.path(fallback));
    }

    public Optional<Path> optionalPath(String key) {
        return read(key, ValueParser::path);
    }

    /** The certificate authorities in the file that {@code caFile} names. */
    public Optional<CaFile> caFile() {
        return read("caFile", value -> CaFile.read(ValueParser.path(value)));
    }

    /** The value that {@code convert} makes of the key; what it throws becomes the complaint. */
    public <T> Optional<T> read(String key, Function<Object, T> convert) {
        reader.registerKey(path + "." + key);
        @Nullable String variable = fromEnvironment(key);
        @Nullable Object given = variable == null ? json.getValue(key) : variable;
        if (given == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(convert.apply(given));
        } catch (IllegalArgumentException bad) {
            String origin = variable == null ? "" : " of " + environmentVariable(path + "." + key);
            addError(key, "cannot use " + Redactor.redact(key, given) + origin + ": " + bad.getMessage());
            return Optional.empty();
        }
    }

    public void addError(String key, String what) {
        reader.addError(path + "." + key, what);
    }

    /** Whether nothing was wrong with these keys so far, so that it makes sense to compare them. */
    public boolean areValid(String... keys) {
        return List.of(keys).stream().noneMatch(key -> reader.hasError(path + "." + key));
    }

    boolean isFromEnvironment(String key) {
        return fromEnvironment(key) != null;
    }

    /** The environment variable for a key: {@code delivery.leaseSeconds} is {@code SLUICE_DELIVERY_LEASE_SECONDS}. */
    public static String environmentVariable(String key) {
        return "SLUICE_"
                + key.replace("MiB", "Mib")
                        .replace("KiB", "Kib")
                        .replace('.', '_')
                        .replaceAll("([a-z0-9])([A-Z])", "$1_$2")
                        .toUpperCase(Locale.ROOT);
    }

    /** An empty variable is one that is not set: that is how Docker and others pass on what is missing. */
    private @Nullable String fromEnvironment(String key) {
        @Nullable String value = reader.environment().get(environmentVariable(path + "." + key));
        return value == null || value.isEmpty() ? null : value;
    }

    private static Secret contentOf(Path file) {
        String content;
        try {
            content = Files.readString(file).strip();
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("the file cannot be read", unreadable);
        }
        if (content.isEmpty()) {
            throw new IllegalArgumentException("the file is empty");
        }
        return new Secret(content);
    }
}
