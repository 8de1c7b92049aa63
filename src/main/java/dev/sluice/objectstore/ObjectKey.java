package dev.sluice.objectstore;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Key of an object in the bucket, safe in a request and in a log line.
 *
 * <p>Keys are untrusted: a value that a store, a proxy or a file system behind the store could interpret as a different name is
 * rejected with {@link IllegalArgumentException}.
 */
public record ObjectKey(String value) {
    /** S3's limit, in bytes of UTF-8. */
    public static final int MAX_BYTES = 1024;

    public ObjectKey {
        if (value.isBlank()) {
            throw new IllegalArgumentException("an object key must not be blank");
        }
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("an object key must not contain control characters");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
            throw new IllegalArgumentException("an object key must be valid Unicode");
        }
        int bytes = value.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException("an object key must have at most " + MAX_BYTES + " bytes, has " + bytes);
        }
        if (value.startsWith("/")) {
            throw new IllegalArgumentException("an object key must not start with '/': '" + value + "'");
        }
        if (Arrays.stream(value.split("/", -1)).anyMatch(segment -> segment.equals("..") || segment.equals("."))) {
            throw new IllegalArgumentException(
                    "an object key must not contain the segment '.' or '..': '" + value + "'");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
