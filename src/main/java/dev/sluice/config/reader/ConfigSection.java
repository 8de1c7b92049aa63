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
    private final ConfigReader settings;
    private final String path;
    private final JsonObject json;

    ConfigSection(ConfigReader settings, String path, JsonObject json) {
        this.settings = settings;
        this.path = path;
        this.json = json;
    }

    public String text(String key, String fallback) {
        return optionalText(key).orElse(fallback);
    }

    public Optional<String> optionalText(String key) {
        return read(key, ValueParser::text);
    }

    /** A secret: given as {@code key}, or as {@code keyFile}, the path of a file that holds it. */
    public Optional<Secret> secret(String key) {
        String fileKey = key + "File";
        Optional<Secret> inline = optionalText(key).map(Secret::new);
        Optional<Secret> fromFile = read(fileKey, value -> contentOf(ValueParser.path(value)));
        if (inline.isEmpty() || fromFile.isEmpty()) {
            return inline.or(() -> fromFile);
        }
        if (isFromEnvironment(key) == isFromEnvironment(fileKey)) {
            complain(key, "is given twice, as " + key + " and as " + fileKey);
        }
        return isFromEnvironment(fileKey) ? fromFile : inline;
    }

    public int integer(String key, int fallback, int least, int most) {
        return (int) number(key, fallback, least, most);
    }

    public long number(String key, long fallback, long least, long most) {
        return read(key, value -> ValueParser.wholeNumber(value, least, most)).orElse(fallback);
    }

    /** A time in seconds; fractions are allowed. */
    public Duration seconds(String key, double fallback, double least, double most) {
        return read(key, value -> ValueParser.seconds(value, least, most))
                .orElseGet(() -> ValueParser.seconds(fallback, least, most));
    }

    /** Times in seconds, at least one, each up to a day. */
    public List<Duration> secondsList(String key, List<Duration> fallback) {
        return read(
                        key,
                        value -> ValueParser.list(value, "seconds").stream()
                                .map(entry -> ValueParser.seconds(entry, 0, 86_400))
                                .toList())
                .orElse(fallback);
    }

    public boolean flag(String key, boolean fallback) {
        return read(key, ValueParser::flag).orElse(fallback);
    }

    public <E extends Enum<E>> E choice(String key, E fallback) {
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
        settings.know(path + "." + key);
        @Nullable String variable = fromEnvironment(key);
        @Nullable Object given = variable == null ? json.getValue(key) : variable;
        if (given == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(convert.apply(given));
        } catch (IllegalArgumentException bad) {
            String origin = variable == null ? "" : " of " + variable(path + "." + key);
            complain(key, "cannot use " + Redactor.of(key, given) + origin + ": " + bad.getMessage());
            return Optional.empty();
        }
    }

    public void complain(String key, String what) {
        settings.complain(path + "." + key, what);
    }

    /** Whether nothing was wrong with these keys so far, so that it makes sense to compare them. */
    public boolean areFine(String... keys) {
        return List.of(keys).stream().noneMatch(key -> settings.hasComplaint(path + "." + key));
    }

    boolean isFromEnvironment(String key) {
        return fromEnvironment(key) != null;
    }

    /** The environment variable for a key: {@code delivery.leaseSeconds} is {@code SLUICE_DELIVERY_LEASE_SECONDS}. */
    public static String variable(String key) {
        return "SLUICE_"
                + key.replace("MiB", "Mib")
                        .replace("KiB", "Kib")
                        .replace('.', '_')
                        .replaceAll("([a-z0-9])([A-Z])", "$1_$2")
                        .toUpperCase(Locale.ROOT);
    }

    /** An empty variable is one that is not set: that is how Docker and others pass on what is missing. */
    private @Nullable String fromEnvironment(String key) {
        @Nullable String value = settings.environment().get(variable(path + "." + key));
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
