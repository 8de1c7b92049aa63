package dev.sluice.objectstore;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The name of an object in the bucket, safe to use in a request and in a log line.
 *
 * <p>Names come from outside: anything that a store, a proxy or a file system behind the store could read as another name is
 * refused with {@link IllegalArgumentException}.
 */
public record ObjectKey(String value) {
    /** The longest name S3 takes, in bytes of UTF-8. */
    public static final int MAX_BYTES = 1024;

    public ObjectKey {
        if (value.isBlank()) {
            throw new IllegalArgumentException("an object key is not blank");
        }
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("an object key has no control characters");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
            throw new IllegalArgumentException("an object key is valid Unicode text");
        }
        int bytes = value.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException("an object key has at most " + MAX_BYTES + " bytes, not " + bytes);
        }
        if (value.startsWith("/")) {
            throw new IllegalArgumentException("an object key does not begin with '/': '" + value + "'");
        }
        if (Arrays.stream(value.split("/", -1)).anyMatch(part -> part.equals("..") || part.equals("."))) {
            throw new IllegalArgumentException("an object key has no part '.' or '..': '" + value + "'");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
