package dev.sluice.objectstore;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/** Checksum algorithms: those of S3 for whole objects, and the MD5 of ETags. */
public enum ChecksumAlgorithm {
    MD5,
    SHA1,
    SHA256,
    CRC32,
    CRC32C,
    CRC64NVME;

    /** A new computation of this checksum. */
    public Digest newDigest() {
        return switch (this) {
            case MD5 -> hash("MD5");
            case SHA1 -> hash("SHA-1");
            case SHA256 -> hash("SHA-256");
            case CRC32 -> crc(new CRC32(), Integer.BYTES);
            case CRC32C -> crc(new CRC32C(), Integer.BYTES);
            case CRC64NVME -> crc(new Crc64Nvme(), Long.BYTES);
        };
    }

    /** Checksum in progress. */
    public interface Digest {
        void update(byte[] bytes, int length);

        default void update(byte[] bytes) {
            update(bytes, bytes.length);
        }

        byte[] value();
    }

    private static Digest hash(String name) {
        MessageDigest hash = messageDigest(name);
        return new Digest() {
            @Override
            public void update(byte[] bytes, int length) {
                hash.update(bytes, 0, length);
            }

            @Override
            public byte[] value() {
                return hash.digest();
            }
        };
    }

    private static MessageDigest messageDigest(String name) {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(name + " is not available", impossible);
        }
    }

    private static Digest crc(java.util.zip.Checksum crc, int width) {
        return new Digest() {
            @Override
            public void update(byte[] bytes, int length) {
                crc.update(bytes, 0, length);
            }

            @Override
            public byte[] value() {
                byte[] all =
                        ByteBuffer.allocate(Long.BYTES).putLong(crc.getValue()).array();
                return Arrays.copyOfRange(all, Long.BYTES - width, Long.BYTES);
            }
        };
    }
}
