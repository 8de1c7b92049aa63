package dev.sluice.config.source;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** Compares configurations of hosts: independent of the order and the layout of the file. */
final class ConfigDigest {
    /** 48 bits distinguish the configurations of a fleet. */
    private static final int DIGITS = 12;

    private ConfigDigest() {}

    /** The first 12 hexadecimal digits of the SHA-256 of all keys and values and of the variables {@code SLUICE_…}. */
    static String of(JsonObject file, Map<String, String> environment) {
        Map<String, Object> all = new TreeMap<>();
        all.put("", sorted(file));
        environment.forEach((name, value) -> {
            if (name.startsWith("SLUICE_")) {
                all.put(name, value);
            }
        });
        byte[] text = new JsonObject(all).encode().getBytes(StandardCharsets.UTF_8);
        return HexFormat.of().formatHex(sha256().digest(text)).substring(0, DIGITS);
    }

    private static Object sorted(Object value) {
        if (value instanceof JsonObject object) {
            Map<String, Object> fields = new TreeMap<>();
            object.forEach(field -> fields.put(field.getKey(), sorted(field.getValue())));
            return new JsonObject(fields);
        }
        return value instanceof JsonArray array
                ? new JsonArray(array.stream().map(ConfigDigest::sorted).toList())
                : value;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
