package dev.sluice.endtoend;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** A video followed by a box of random bytes, which players skip. The file is generated on the fly and never held in memory. */
final class PaddedVideoFile {
    private static final int BOX_HEADER = 16;

    private final byte[] beginning;
    private final byte[] block = new byte[1 << 20];
    private final long size;

    PaddedVideoFile(byte[] clip, long size) {
        // A box with a 64-bit length, after the clip.
        this.beginning = ByteBuffer.allocate(clip.length + BOX_HEADER)
                .put(clip)
                .putInt(1)
                .put("free".getBytes(StandardCharsets.US_ASCII))
                .putLong(size - clip.length)
                .array();
        this.size = size;
        new Random(size).nextBytes(block);
    }

    long size() {
        return size;
    }

    /** Bytes from an offset. */
    InputStream bytes(long from, long count) {
        return new InputStream() {
            private long position = from;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] into, int offset, int length) {
                long left = from + count - position;
                if (left == 0) {
                    return -1;
                }
                boolean inClip = position < beginning.length;
                byte[] source = inClip ? beginning : block;
                int at = inClip ? (int) position : (int) ((position - beginning.length) % block.length);
                int taken = (int) Math.min(Math.min(length, left), source.length - at);
                System.arraycopy(source, at, into, offset, taken);
                position += taken;
                return taken;
            }
        };
    }

    InputStream bytes() {
        return bytes(0, size);
    }
}
