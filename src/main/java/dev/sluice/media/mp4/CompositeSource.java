package dev.sluice.media.mp4;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Ranges of other sources, one after the other. Takes 24 bytes of memory for a range; adjacent ranges are one. */
public final class CompositeSource implements ByteSource {
    /** As many groups of pictures as a file may have. */
    private static final int MAX_RANGES = 1_000_000;

    private ByteSource[] sources = new ByteSource[16];
    private long[] positions = new long[16];
    private long[] starts = new long[16];
    private int count;
    private long length;

    /** Appends a range of a source. */
    public void append(ByteSource source, long position, long bytes) {
        if (bytes == 0) {
            return;
        }
        int last = count - 1;
        if (last < 0 || sources[last] != source || positions[last] + length - starts[last] != position) {
            Mp4Reader.require(count < MAX_RANGES, "its samples are in more than " + MAX_RANGES + " places");
            ensureCapacity();
            sources[count] = source;
            positions[count] = position;
            starts[count++] = length;
        }
        length += bytes;
    }

    private void ensureCapacity() {
        if (count == starts.length) {
            sources = Arrays.copyOf(sources, 2 * count);
            positions = Arrays.copyOf(positions, 2 * count);
            starts = Arrays.copyOf(starts, 2 * count);
        }
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public int read(ByteBuffer buffer, long position) throws IOException {
        if (position >= length) {
            return -1;
        }
        int range = rangeAt(position);
        int limit = buffer.limit();
        buffer.limit(buffer.position() + (int) Math.min(buffer.remaining(), end(range) - position));
        try {
            return sources[range].read(buffer, positions[range] + position - starts[range]);
        } finally {
            buffer.limit(limit);
        }
    }

    @Override
    public void transfer(long position, long bytes, Mp4Output out) throws IOException {
        if (position + bytes > length) {
            throw new EOFException("the source ends at byte " + length);
        }
        long end = position + bytes;
        for (long from = position; from < end; ) {
            int range = rangeAt(from);
            long part = Math.min(end, end(range)) - from;
            sources[range].transfer(positions[range] + from - starts[range], part, out);
            from += part;
        }
    }

    private int rangeAt(long position) {
        int found = Arrays.binarySearch(starts, 0, count, position);
        return found < 0 ? -found - 2 : found;
    }

    private long end(int range) {
        return range + 1 < count ? starts[range + 1] : length;
    }
}
