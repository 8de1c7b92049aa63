package dev.sluice.media.concat;

import dev.sluice.media.mp4.Mp4Reader;
import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/** Reads the parameter sets of {@code avcC} (ISO/IEC 14496-15, 5.3.3.1). */
final class ParameterSets {
    private static final int LENGTH_FIELD = 4;
    private static final int LENGTH_BYTES = 4;
    private static final int MAX_BYTES = 1 << 16;

    private ParameterSets() {}

    /** Sequence and picture parameter sets, each after its length in four bytes, as in a sample. */
    static byte[] inSample(ByteBuffer configuration) {
        try {
            ByteBuffer in = configuration.duplicate();
            Mp4Reader.require(
                    (in.get(LENGTH_FIELD) & 3) + 1 == LENGTH_BYTES, "the lengths in its samples have not four bytes");
            in.position(LENGTH_FIELD + 1);
            ByteBuffer out = ByteBuffer.allocate(MAX_BYTES);
            copy(in, in.get() & 0x1f, out);
            copy(in, in.get() & 0xff, out);
            byte[] sets = new byte[out.position()];
            out.flip().get(sets);
            return sets;
        } catch (BufferUnderflowException | IndexOutOfBoundsException | BufferOverflowException cut) {
            throw Mp4Reader.invalid("the box 'avcC' is incomplete");
        }
    }

    private static void copy(ByteBuffer in, int count, ByteBuffer out) {
        for (int i = 0; i < count; i++) {
            byte[] set = new byte[Short.toUnsignedInt(in.getShort())];
            in.get(set);
            out.putInt(set.length).put(set);
        }
    }
}
