package dev.sluice.media.hybrid;

import dev.sluice.media.mp4.Mp4Output;
import dev.sluice.media.mp4.Mp4Reader;
import java.io.IOException;
import java.util.Arrays;

/** Ranges of a file with the samples of a fragment; adjacent samples are one range. */
final class SampleExtents {
    private long[] positions = new long[16];
    private long[] sizes = new long[16];
    private int count;

    void add(long position, int size) {
        if (count > 0 && positions[count - 1] + sizes[count - 1] == position) {
            sizes[count - 1] += size;
            return;
        }
        if (count == positions.length) {
            positions = Arrays.copyOf(positions, 2 * count);
            sizes = Arrays.copyOf(sizes, 2 * count);
        }
        positions[count] = position;
        sizes[count++] = size;
    }

    /** Copies all ranges and forgets them. */
    void copy(Mp4Reader reader, Mp4Output out) throws IOException {
        for (int i = 0; i < count; i++) {
            reader.source().transfer(positions[i], sizes[i], out);
        }
        count = 0;
    }
}
