package dev.sluice.objectstore;

import dev.sluice.common.async.CancellationToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/** Checksum of a byte sequence; {@code base64} is its value as in S3's headers. */
public record Checksum(ChecksumAlgorithm algorithm, String base64) {
    private static final Pattern MD5_HEX = Pattern.compile("[0-9a-fA-F]{32}");
    private static final int BUFFER = 128 * 1024;

    static Checksum of(ChecksumAlgorithm algorithm, byte[] value) {
        return new Checksum(algorithm, Base64.getEncoder().encodeToString(value));
    }

    /** The MD5 in an ETag, if it has the form of one; whether it is one depends on the encryption of the object. */
    public static Optional<Checksum> fromEtag(String etag) {
        return MD5_HEX.matcher(etag).matches()
                ? Optional.of(of(ChecksumAlgorithm.MD5, HexFormat.of().parseHex(etag)))
                : Optional.empty();
    }

    /**
     * Computes the checksum of part of a file; blocking.
     *
     * @throws IOException if the file cannot be read or is too short
     * @throws dev.sluice.job.JobException the reason for a cancellation
     */
    public static Checksum ofFile(
            ChecksumAlgorithm algorithm, Path file, ByteRange range, CancellationToken cancellation)
            throws IOException {
        ChecksumAlgorithm.Digest digest = algorithm.newDigest();
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long position = range.start();
            while (position < range.end()) {
                cancellation.throwIfCancelled();
                buffer.clear().limit((int) Math.min(BUFFER, range.end() - position));
                int read = channel.read(buffer, position);
                if (read < 0) {
                    throw new IOException("the file ends at " + position + ", before " + range.end());
                }
                digest.update(buffer.array(), read);
                position += read;
            }
        }
        return of(algorithm, digest.value());
    }

    public byte[] value() {
        return Base64.getDecoder().decode(base64);
    }

    @Override
    public String toString() {
        return algorithm + " " + base64;
    }
}
