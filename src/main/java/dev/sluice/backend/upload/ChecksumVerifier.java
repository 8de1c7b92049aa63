package dev.sluice.backend.upload;

import io.vertx.core.buffer.Buffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Verifies the checksum that a client declared for the data of one request. */
public final class ChecksumVerifier {
    /** Names of tus and of Java. The protocol requires sha1. */
    private static final Map<String, String> ALGORITHMS = Map.of("sha1", "SHA-1", "md5", "MD5", "sha256", "SHA-256");

    private final MessageDigest digest;
    private final byte[] expected;

    private ChecksumVerifier(MessageDigest digest, byte[] expected) {
        this.digest = digest;
        this.expected = expected;
    }

    /** The supported algorithms. */
    public static List<String> algorithms() {
        return ALGORITHMS.keySet().stream().sorted().toList();
    }

    /** Empty if the algorithm is not supported. */
    public static Optional<ChecksumVerifier> create(String algorithm, byte[] expected) {
        return Optional.ofNullable(ALGORITHMS.get(algorithm)).map(name -> {
            try {
                return new ChecksumVerifier(MessageDigest.getInstance(name), expected.clone());
            } catch (NoSuchAlgorithmException missing) {
                throw new IllegalStateException("every JVM has " + name, missing);
            }
        });
    }

    void update(Buffer bytes) {
        digest.update(bytes.getBytes());
    }

    /** Whether the data matches; called once. */
    boolean matches() {
        return MessageDigest.isEqual(digest.digest(), expected);
    }
}
