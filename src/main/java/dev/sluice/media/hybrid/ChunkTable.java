package dev.sluice.media.hybrid;

import dev.sluice.media.mp4.Mp4Output;
import java.io.IOException;
import java.util.Arrays;

/** The chunks of a track: {@code stsc} and {@code stco} or {@code co64}. */
final class ChunkTable {
    private static final int HEADER_BYTES = 16;
    private static final int RUN_BYTES = 12;

    private final boolean large;
    private int[] samples = new int[16];
    private long[] offsets = {};
    private int count;
    private int placed;

    /** @param large whether offsets have 64 bits */
    ChunkTable(boolean large) {
        this.large = large;
    }

    void add(int sampleCount) {
        if (count == samples.length) {
            samples = Arrays.copyOf(samples, 2 * count);
        }
        samples[count++] = sampleCount;
    }

    void setNextOffset(long position) {
        if (offsets.length != count) {
            offsets = new long[count];
        }
        offsets[placed++] = position;
    }

    long runBytes() {
        return HEADER_BYTES + (long) RUN_BYTES * runs();
    }

    long offsetBytes() {
        return HEADER_BYTES + (long) count * (large ? Long.BYTES : Integer.BYTES);
    }

    private int runs() {
        int runs = 0;
        for (int i = 0; i < count; i++) {
            if (startsRun(i)) {
                runs++;
            }
        }
        return runs;
    }

    private boolean startsRun(int chunk) {
        return chunk == 0 || samples[chunk] != samples[chunk - 1];
    }

    void writeRuns(Mp4Output out) throws IOException {
        out.header("stsc", runBytes());
        out.int32(0);
        out.int32(runs());
        for (int i = 0; i < count; i++) {
            if (startsRun(i)) {
                out.int32(i + 1);
                out.int32(samples[i]);
                out.int32(1);
            }
        }
    }

    void writeOffsets(Mp4Output out) throws IOException {
        out.header(large ? "co64" : "stco", offsetBytes());
        out.int32(0);
        out.int32(count);
        for (int i = 0; i < count; i++) {
            if (large) {
                out.int64(offsets[i]);
            } else {
                out.int32((int) offsets[i]);
            }
        }
    }
}
