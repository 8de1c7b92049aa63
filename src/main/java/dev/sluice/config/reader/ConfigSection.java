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
 * Reads the keys of one section: from the environment ({@code SLUICE_SECTION_KEY}), else from the file, else the default. An
 * invalid value adds an error and gives the default, so that all errors are found together.
 */
public class ConfigSection {
    static final int MAX_LIST_SECONDS = 86_400;

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

    /** A secret: the value of {@code key}, or the content of the file named by {@code keyFile}. */
    public Optional<Secret> secret(String key) {
        String fileKey = key + "File";
        Optional<Secret> inline = optionalString(key).map(Secret::new);
        Optional<Secret> fromFile = read(fileKey, value -> contentOf(ValueParser.path(value)));
        if (inline.isEmpty() || fromFile.isEmpty()) {
            return inline.or(() -> fromFile);
        }
        if (isFromEnvironment(key) == isFromEnvironment(fileKey)) {
            addError(key, "cannot be combined with " + fileKey);
        }
        return isFromEnvironment(fileKey) ? fromFile : inline;
    }

    public int integer(String key, int fallback, int min, int max) {
        return (int) longValue(key, fallback, min, max);
    }

    public long longValue(String key, long fallback, long min, long max) {
        return read(key, value -> ValueParser.integer(value, min, max)).orElse(fallback);
    }

    /** A duration in seconds; fractions are allowed. */
    public Duration duration(String key, double fallback, double min, double max) {
        return read(key, value -> ValueParser.seconds(value, min, max))
                .orElseGet(() -> ValueParser.seconds(fallback, min, max));
    }

    /** Durations in seconds, at least one, each at most a day. */
    public List<Duration> durations(String key, List<Duration> fallback) {
        return read(
                        key,
                        value -> ValueParser.list(value, "seconds").stream()
                                .map(entry -> ValueParser.seconds(entry, 0, MAX_LIST_SECONDS))
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

    /** The certificate authorities in the file {@code caFile}. */
    public Optional<CaFile> caFile() {
        return read("caFile", value -> CaFile.read(ValueParser.path(value)));
    }

    /** The value of a key, converted; the message of an {@link IllegalArgumentException} is added as an error. */
    public <T> Optional<T> read(String key, Function<Object, T> convert) {
        reader.registerKey(path + "." + key);
        @Nullable String variable = fromEnvironment(key);
        @Nullable Object value = variable == null ? json.getValue(key) : variable;
        if (value == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(convert.apply(value));
        } catch (IllegalArgumentException bad) {
            String origin = variable == null ? "" : " of " + environmentVariable(path + "." + key);
            addError(key, "invalid value" + Redactor.redact(key, value) + origin + ": " + bad.getMessage());
            return Optional.empty();
        }
    }

    public void addError(String key, String what) {
        reader.addError(path + "." + key, what);
    }

    /** Whether these keys have no errors so far, so that they can be compared. */
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

    /** An empty variable counts as not set: Docker and other tools pass on missing variables as empty. */
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
