package dev.sluice.backend.upload;

import dev.sluice.objectstore.ChecksumAlgorithm;
import io.vertx.core.buffer.Buffer;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The digest that the bytes of one request are said to have. */
public final class ChecksumVerifier {
    /** By their names in tus; the protocol requires SHA-1. */
    private static final Map<String, ChecksumAlgorithm> ALGORITHMS =
            Map.of("sha1", ChecksumAlgorithm.SHA1, "md5", ChecksumAlgorithm.MD5, "sha256", ChecksumAlgorithm.SHA256);

    private final ChecksumAlgorithm.Digest digest;
    private final byte[] expected;

    private ChecksumVerifier(ChecksumAlgorithm.Digest digest, byte[] expected) {
        this.digest = digest;
        this.expected = expected;
    }

    /** The names of the algorithms that are known. */
    public static List<String> algorithms() {
        return ALGORITHMS.keySet().stream().sorted().toList();
    }

    /** Empty if the algorithm is not known. */
    public static Optional<ChecksumVerifier> create(String algorithm, byte[] expected) {
        return Optional.ofNullable(ALGORITHMS.get(algorithm))
                .map(known -> new ChecksumVerifier(known.newDigest(), expected.clone()));
    }

    void update(Buffer bytes) {
        digest.update(bytes.getBytes());
    }

    /** Whether what came has it; asked once. */
    boolean matches() {
        return MessageDigest.isEqual(digest.value(), expected);
    }
}
