package dev.sluice.media.mp4;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Bytes that are read by position: a file, or parts of several files. */
public interface ByteSource {
    /** Number of bytes. */
    long length() throws IOException;

    /** Reads one byte or more into the rest of a buffer and returns their number; at the end: 0 or less. */
    int read(ByteBuffer buffer, long position) throws IOException;

    /**
     * Appends a range to a file.
     *
     * @throws java.io.EOFException if the source is shorter
     */
    void transfer(long position, long count, Mp4Output out) throws IOException;

    /** The bytes of a file. */
    static ByteSource of(FileChannel channel) {
        return new ByteSource() {
            @Override
            public long length() throws IOException {
                return channel.size();
            }

            @Override
            public int read(ByteBuffer buffer, long position) throws IOException {
                return channel.read(buffer, position);
            }

            @Override
            public void transfer(long position, long count, Mp4Output out) throws IOException {
                out.transfer(channel, position, count);
            }
        };
    }
}
