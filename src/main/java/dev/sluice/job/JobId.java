package dev.sluice.job;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * ID of a job, chosen by its producer: any text of 1 to 255 characters without control characters. Untrusted: use
 * {@link #pathSegment} in file names and object keys.
 */
public record JobId(String value) {
    public static final int MAX_LENGTH = 255;

    private static final int MAX_READABLE_LENGTH = 40;
    private static final int HASH_BYTES = 10;

    public JobId {
        if (value.isBlank() || value.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "a job ID must have 1 to " + MAX_LENGTH + " characters, not " + value.length());
        }
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a job ID must not contain control characters");
        }
    }

    /**
     * Name of the job's directory and prefix of its objects: up to 40 safe characters of the ID for readability, and 80 bits of
     * its SHA-256. Unique also on case-insensitive file systems.
     */
    public String pathSegment() {
        String readable = value.replaceAll("[^A-Za-z0-9_-]", "_");
        return readable.substring(0, Math.min(MAX_READABLE_LENGTH, readable.length())) + "-" + hash();
    }

    private String hash() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.UTF_16BE));
            return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("SHA-256 is not available", impossible);
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
