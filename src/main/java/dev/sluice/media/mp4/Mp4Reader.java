package dev.sluice.media.mp4;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads boxes and numbers of an MP4 file. Every position is checked against the file; fails with OUTPUT_INVALID. */
public final class Mp4Reader {
    public static final int HEADER_BYTES = 8;
    public static final int LARGE_HEADER_BYTES = 16;
    /** Bytes of version and flags at the start of a full box. */
    public static final int VERSION_BYTES = 4;

    private static final int TO_END = 0;
    private static final int LARGE = 1;
    /** FFmpeg writes at most a few dozen boxes side by side. */
    private static final int MAX_CHILDREN = 10_000;

    private final ByteSource source;
    private final long length;

    public Mp4Reader(FileChannel channel) throws IOException {
        this(ByteSource.of(channel));
    }

    /** A reader of a source that does not change. */
    public Mp4Reader(ByteSource source) throws IOException {
        this.source = source;
        this.length = source.length();
    }

    /** The bytes that are read. */
    public ByteSource source() {
        return source;
    }

    public long length() {
        return length;
    }

    public List<Box> topLevel() throws IOException {
        return boxes(0, length);
    }

    /** The first box of this type that is in no other box. */
    public Box topLevel(String type) throws IOException {
        return topLevel().stream()
                .filter(box -> box.type().equals(type))
                .findFirst()
                .orElseThrow(() -> invalid("it has no box '" + type + "'"));
    }

    public List<Box> children(Box parent) throws IOException {
        return boxes(parent.body(), parent.end());
    }

    /** The boxes from one position to another, which they must fill exactly. */
    public List<Box> boxes(long from, long to) throws IOException {
        List<Box> boxes = new ArrayList<>();
        for (long position = from; position < to; ) {
            require(boxes.size() < MAX_CHILDREN, "it has more than " + MAX_CHILDREN + " boxes side by side");
            Box box = box(position, to);
            boxes.add(box);
            position = box.end();
        }
        return boxes;
    }

    /** The box at a position that must end at {@code limit} or before. */
    public Box box(long position, long limit) throws IOException {
        require(limit - position >= HEADER_BYTES, "a box header at byte " + position + " is incomplete");
        byte[] start = bytes(position, HEADER_BYTES);
        long size = Integer.toUnsignedLong(ByteBuffer.wrap(start).getInt());
        long header = HEADER_BYTES;
        String type = new String(start, Integer.BYTES, Integer.BYTES, StandardCharsets.ISO_8859_1);
        if (size == LARGE) {
            header = LARGE_HEADER_BYTES;
            size = int64(position + HEADER_BYTES);
        } else if (size == TO_END) {
            size = limit - position;
        }
        require(
                size >= header && size <= limit - position,
                "the box '" + type + "' at byte " + position + " has an invalid size");
        return new Box(type, position, position + header, position + size);
    }

    public Optional<Box> find(Box parent, String type) throws IOException {
        return children(parent).stream().filter(box -> box.type().equals(type)).findFirst();
    }

    /** The box at a path below {@code parent}. */
    public Box get(Box parent, String... path) throws IOException {
        Box box = parent;
        for (String type : path) {
            box = find(box, type).orElseThrow(() -> invalid("it has no box '" + type + "'"));
        }
        return box;
    }

    public int version(Box box) throws IOException {
        return read(box.body(), 1).get(0);
    }

    public int int32(long position) throws IOException {
        return read(position, Integer.BYTES).getInt();
    }

    public long uint32(long position) throws IOException {
        return Integer.toUnsignedLong(int32(position));
    }

    public long int64(long position) throws IOException {
        return read(position, Long.BYTES).getLong();
    }

    public byte[] bytes(long position, int count) throws IOException {
        return read(position, count).array();
    }

    private ByteBuffer read(long position, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count);
        readFully(position, buffer);
        return buffer.flip();
    }

    /** Fills the rest of a buffer. */
    public void readFully(long position, ByteBuffer buffer) throws IOException {
        long at = position;
        while (buffer.hasRemaining()) {
            int read = source.read(buffer, at);
            require(read > 0, "it ends at byte " + at);
            at += read;
        }
    }

    public static void require(boolean condition, String error) {
        if (!condition) {
            throw invalid(error);
        }
    }

    public static JobException invalid(String error) {
        return new JobException(ErrorCode.OUTPUT_INVALID, "An output is not a valid MP4 file: " + error + ".");
    }
}
