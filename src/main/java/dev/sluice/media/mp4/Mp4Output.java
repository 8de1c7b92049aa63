package dev.sluice.media.mp4;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Writes a file in order: small values through a buffer, samples from another file without a copy in memory. */
public final class Mp4Output {
    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 << 10);
    private long transferred;

    public Mp4Output(FileChannel channel) {
        this.channel = channel;
    }

    /** Bytes written so far. */
    public long position() {
        return transferred + buffer.position();
    }

    public void int32(int value) throws IOException {
        ensure(Integer.BYTES);
        buffer.putInt(value);
    }

    public void int64(long value) throws IOException {
        ensure(Long.BYTES);
        buffer.putLong(value);
    }

    public void header(String type, long size) throws IOException {
        int32((int) size);
        bytes(BoxBuffer.type(type));
    }

    public void bytes(byte[] content) throws IOException {
        for (int from = 0; from < content.length; ) {
            ensure(1);
            int count = Math.min(buffer.remaining(), content.length - from);
            buffer.put(content, from, count);
            from += count;
        }
    }

    /** Copies a range of another file: small ones through the buffer, large ones within the kernel. */
    public void transfer(FileChannel source, long position, long count) throws IOException {
        if (count <= buffer.capacity() / 2) {
            copy(source, position, (int) count);
            return;
        }
        flush();
        for (long done = 0; done < count; ) {
            long bytes = source.transferTo(position + done, count - done, channel);
            if (bytes <= 0) {
                throw endOfFile(position + done);
            }
            done += bytes;
        }
        transferred += count;
    }

    private void copy(FileChannel source, long position, int count) throws IOException {
        ensure(count);
        int end = buffer.position() + count;
        buffer.limit(end);
        long from = position - buffer.position();
        while (buffer.hasRemaining()) {
            if (source.read(buffer, from + buffer.position()) <= 0) {
                throw endOfFile(from + buffer.position());
            }
        }
        buffer.limit(buffer.capacity());
    }

    private static EOFException endOfFile(long position) {
        return new EOFException("the source file ends at byte " + position);
    }

    public void flush() throws IOException {
        buffer.flip();
        transferred += buffer.remaining();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }

    private void ensure(int bytes) throws IOException {
        if (buffer.remaining() < bytes) {
            flush();
        }
    }
}
