package dev.sluice.job;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A job's id as its producer chose it: a UUID or any text of 1 to 255 characters without control characters.
 *
 * <p>It comes from outside, so nothing may use it as a file name: that is what {@link #fileName} is for.
 */
public record JobId(String value) {
    public static final int MAX_LENGTH = 255;

    private static final int READABLE = 40;
    private static final int HASH_BYTES = 10;

    public JobId {
        if (value.isBlank() || value.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "a job id has 1 to " + MAX_LENGTH + " characters, not " + value.length());
        }
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a job id has no control characters");
        }
    }

    /**
     * What the job's directory and its objects are called: up to 40 harmless characters of the id for people, and 80 bits of
     * its SHA-256 that tell any two ids apart. Different for any two ids also where a file system folds case.
     */
    public String pathSegment() {
        String readable = value.replaceAll("[^A-Za-z0-9_-]", "_");
        return readable.substring(0, Math.min(READABLE, readable.length())) + "-" + hash();
    }

    private String hash() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.UTF_16BE));
            return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
