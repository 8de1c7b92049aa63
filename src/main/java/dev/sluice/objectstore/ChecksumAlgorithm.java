package dev.sluice.objectstore;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/** How a checksum is computed: those that S3 knows for whole objects, and the MD5 of older ETags. */
public enum ChecksumAlgorithm {
    MD5 {
        @Override
        public Digest newDigest() {
            return hash("MD5");
        }
    },
    SHA1 {
        @Override
        public Digest newDigest() {
            return hash("SHA-1");
        }
    },
    SHA256 {
        @Override
        public Digest newDigest() {
            return hash("SHA-256");
        }
    },
    CRC32 {
        @Override
        public Digest newDigest() {
            return crc(new CRC32(), Integer.BYTES);
        }
    },
    CRC32C {
        @Override
        public Digest newDigest() {
            return crc(new CRC32C(), Integer.BYTES);
        }
    },
    CRC64NVME {
        @Override
        public Digest newDigest() {
            return crc(new Crc64Nvme(), Long.BYTES);
        }
    };

    public abstract Digest newDigest();

    /** A checksum under way. */
    public interface Digest {
        void update(byte[] bytes, int length);

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
            throw new IllegalStateException("every Java platform has " + name, impossible);
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
                return java.util.Arrays.copyOfRange(all, Long.BYTES - width, Long.BYTES);
            }
        };
    }
}
