package dev.sluice.config;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.common.tls.CaFile;
import dev.sluice.common.tls.TestCertificateAuthority;
import dev.sluice.config.reader.ConfigReader;
import dev.sluice.config.value.InvalidConfigException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;

/** Configurations for tests. */
public final class Configs {
    static final Path FIXTURES = Path.of("src/test/resources/config");

    private static final Path CA_PEM = Path.of("target", "ca.pem");

    private Configs() {}

    public static SluiceConfig defaults() {
        return SluiceConfig.read(new JsonObject(), Map.of());
    }

    /** All keys, {@code section.key}, sorted. */
    static SortedSet<String> allKeys() {
        ConfigReader reader = new ConfigReader(new JsonObject(), Map.of());
        SluiceConfig.read(reader);
        return reader.registeredKeys();
    }

    static SluiceConfig everyKeySet() {
        return SluiceConfig.read(fixture("every-key.json"), Map.of());
    }

    static SluiceConfig fromEnvironment(String variable, String value) {
        return SluiceConfig.read(new JsonObject(), Map.of(variable, value));
    }

    static List<String> errors(JsonObject json, Map<String, String> environment) {
        InvalidConfigException invalid =
                catchThrowableOfType(InvalidConfigException.class, () -> SluiceConfig.read(json, environment));
        return invalid == null ? List.of() : invalid.errors();
    }

    /** The generated file that {@code every-key.json} names. */
    static CaFile caFile() {
        return CaFile.read(CA_PEM.toAbsolutePath());
    }

    static JsonObject fixture(String name) {
        try {
            Files.copy(TestCertificateAuthority.known().caPem(), CA_PEM, StandardCopyOption.REPLACE_EXISTING);
            return new JsonObject(Files.readString(FIXTURES.resolve(name)));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static JsonObject section(String name, String key, Object value) {
        return new JsonObject().put(name, new JsonObject().put(key, value));
    }

    /** The values of a file by {@code section.key}, as text of an environment variable. */
    static Map<String, String> flat(JsonObject json) {
        Map<String, String> values = new TreeMap<>();
        for (Map.Entry<String, Object> entry : json) {
            if (entry.getValue() instanceof JsonObject inner) {
                flat(inner).forEach((key, value) -> values.put(entry.getKey() + "." + key, value));
            } else {
                values.put(entry.getKey(), asText(entry.getValue()));
            }
        }
        return values;
    }

    private static String asText(Object value) {
        return value instanceof JsonArray list ? list.encode() : String.valueOf(value);
    }
}
