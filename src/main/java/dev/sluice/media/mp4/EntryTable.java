package dev.sluice.media.mp4;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads the entries of a sample table in order, through a buffer of at most 16 KiB.
 *
 * <p>A table of a video of 12 hours has up to 10 MB, so it is never read as a whole.
 */
public final class EntryTable {
    private static final int BUFFER_BYTES = 16 << 10;

    private final Mp4Reader reader;
    private final int count;
    private final long end;
    private final ByteBuffer buffer;
    private long position;
    private int read;

    /**
     * @param box that contains the table
     * @param start position of the first entry
     * @param count number of entries as in the file, unsigned
     * @param entryBytes bytes of an entry, a multiple of 4; may be 0
     */
    public EntryTable(Mp4Reader reader, Box box, long start, long count, int entryBytes) {
        Mp4Reader.require(
                count <= Integer.MAX_VALUE && start + count * entryBytes <= box.end(),
                "the box '" + box.type() + "' is shorter than its entries");
        this.reader = reader;
        this.count = (int) count;
        this.position = start;
        this.end = start + count * entryBytes;
        long unit = Math.max(Integer.BYTES, entryBytes);
        this.buffer = ByteBuffer.allocate((int) Math.max(unit, Math.min(BUFFER_BYTES / unit * unit, count * unit)))
                .limit(0);
    }

    /** A table whose entries follow the version and the number of entries, as in most boxes. */
    public static EntryTable of(Mp4Reader reader, Box box, int entryBytes) throws IOException {
        long start = box.body() + Mp4Reader.VERSION_BYTES;
        return new EntryTable(reader, box, start + Integer.BYTES, reader.uint32(start), entryBytes);
    }

    public int count() {
        return count;
    }

    /** Starts the next entry; false after the last one. */
    public boolean next() {
        if (read == count) {
            return false;
        }
        read++;
        return true;
    }

    public int int32() throws IOException {
        fill();
        return buffer.getInt();
    }

    /** A number without sign that fits in an int. */
    public int uint31(String name) throws IOException {
        int value = int32();
        Mp4Reader.require(value >= 0, name + " is too large");
        return value;
    }

    public long int64() throws IOException {
        return (long) int32() << Integer.SIZE | Integer.toUnsignedLong(int32());
    }

    private void fill() throws IOException {
        if (!buffer.hasRemaining()) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), end - position));
            reader.readFully(position, buffer);
            position += buffer.position();
            buffer.flip();
        }
    }
}
