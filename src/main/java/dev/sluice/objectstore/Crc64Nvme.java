package dev.sluice.objectstore;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.Checksum;

/** CRC-64/NVME, the default whole-object checksum of S3; the JDK has none. Processes eight bytes at a time. */
final class Crc64Nvme implements Checksum {
    private static final long REFLECTED_POLYNOMIAL = 0x9A6C9329AC4BC9B5L;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long[][] TABLES = tables();

    private long state = -1;

    private static long[][] tables() {
        long[][] tables = new long[Long.BYTES][256];
        for (int i = 0; i < 256; i++) {
            long crc = i;
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                crc = (crc & 1) == 0 ? crc >>> 1 : (crc >>> 1) ^ REFLECTED_POLYNOMIAL;
            }
            tables[0][i] = crc;
        }
        for (int table = 1; table < Long.BYTES; table++) {
            for (int i = 0; i < 256; i++) {
                long before = tables[table - 1][i];
                tables[table][i] = tables[0][(int) (before & 0xFF)] ^ (before >>> 8);
            }
        }
        return tables;
    }

    @Override
    public void update(int b) {
        state = TABLES[0][(int) ((state ^ b) & 0xFF)] ^ (state >>> 8);
    }

    @Override
    public void update(byte[] bytes, int offset, int length) {
        int end = offset + length;
        int at = offset;
        for (; at + Long.BYTES <= end; at += Long.BYTES) {
            long word = state ^ (long) LONGS.get(bytes, at);
            long next = 0;
            for (int i = 0; i < Long.BYTES; i++) {
                next ^= TABLES[Long.BYTES - 1 - i][(int) ((word >>> (i * Byte.SIZE)) & 0xFF)];
            }
            state = next;
        }
        for (; at < end; at++) {
            update(bytes[at]);
        }
    }

    @Override
    public long getValue() {
        return ~state;
    }

    @Override
    public void reset() {
        state = -1;
    }
}
