package dev.sluice.broker.connection;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The content header frame of a message (AMQP 0-9-1, sections 2.3.5.2 and 4.2.6.1), read without recursion. Pure.
 *
 * @param payload of the frame
 */
record ContentHeader(ByteBuffer payload) {
    /** Header with the size of a body that was received in part; long. */
    static final String BODY_BYTES = "x-sluice-body-bytes";

    /** Header of a message whose own headers were not read; boolean. */
    static final String HEADERS_OMITTED = "x-sluice-headers-omitted";

    /** The client reads tables recursively, and exceeds the stack of its thread at some thousand levels. */
    static final int MAX_NESTING = 32;

    private static final int SIZE_OFFSET = 4;
    private static final int FLAGS_OFFSET = 12;
    private static final int PROPERTIES_OFFSET = 14;
    private static final int CONTENT_TYPE = 0x8000;
    private static final int CONTENT_ENCODING = 0x4000;
    private static final int HEADERS = 0x2000;

    static ContentHeader of(byte[] payload) {
        return new ContentHeader(ByteBuffer.wrap(payload));
    }

    /** Size of the body that follows, bytes. */
    long bodyBytes() {
        return payload.getLong(SIZE_OFFSET);
    }

    /** Whether the client can read the headers: complete, of known types, and nested at most {@link #MAX_NESTING} levels. */
    boolean areHeadersReadable() {
        try {
            ByteBuffer table = table();
            return table == null || isReadable(table);
        } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException incomplete) {
            return false;
        }
    }

    /** The frame for a body of which only the beginning follows, with {@link #BODY_BYTES} in its headers. */
    byte[] withBodyLimit(int newBodyBytes) {
        ByteBuffer entry = entry(BODY_BYTES, 'l', Long.BYTES).putLong(bodyBytes());
        return withHeaders(entry, table(), newBodyBytes);
    }

    /** The frame with {@link #HEADERS_OMITTED} instead of its headers. */
    byte[] withoutHeaders() {
        return withHeaders(entry(HEADERS_OMITTED, 't', 1).put((byte) 1), null, bodyBytes());
    }

    private byte[] withHeaders(ByteBuffer first, @Nullable ByteBuffer others, long newBodyBytes) {
        int start = tablePosition();
        int end = has(HEADERS) ? Math.min(payload.limit(), tableEnd(start)) : start;
        int otherBytes = others == null ? 0 : others.remaining();
        int entries = first.position() + otherBytes;
        ByteBuffer frame = ByteBuffer.allocate(start + Integer.BYTES + entries + payload.limit() - end)
                .put(payload.slice(0, start))
                .putInt(entries)
                .put(first.flip());
        if (others != null) {
            frame.put(others.duplicate());
        }
        frame.put(payload.slice(end, payload.limit() - end));
        int flags = payload.getShort(FLAGS_OFFSET) | HEADERS;
        return frame.putLong(SIZE_OFFSET, newBodyBytes)
                .putShort(FLAGS_OFFSET, (short) flags)
                .array();
    }

    private static ByteBuffer entry(String name, char type, int valueBytes) {
        byte[] text = name.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(2 + text.length + valueBytes)
                .put((byte) text.length)
                .put(text)
                .put((byte) type);
    }

    private boolean has(int property) {
        return (payload.getShort(FLAGS_OFFSET) & property) != 0;
    }

    /** Where the headers are, or would be. */
    private int tablePosition() {
        int position = PROPERTIES_OFFSET;
        for (int property : new int[] {CONTENT_TYPE, CONTENT_ENCODING}) {
            if (has(property)) {
                position += 1 + Byte.toUnsignedInt(payload.get(position));
            }
        }
        return position;
    }

    private int tableEnd(int start) {
        return start + Integer.BYTES + payload.getInt(start);
    }

    /** The entries of the headers; null if the message has none. */
    private @Nullable ByteBuffer table() {
        if (!has(HEADERS)) {
            return null;
        }
        int start = tablePosition();
        int length = payload.getInt(start);
        if (length < 0 || tableEnd(start) > payload.limit()) {
            throw new IllegalArgumentException("The headers end outside the frame.");
        }
        return payload.slice(start + Integer.BYTES, length);
    }

    private static boolean isReadable(ByteBuffer table) {
        Deque<Level> levels = new ArrayDeque<>();
        levels.push(new Level(table.limit(), true));
        while (!levels.isEmpty()) {
            Level level = levels.element();
            if (table.position() == level.end()) {
                levels.pop();
            } else if (levels.size() > MAX_NESTING || table.position() > level.end()) {
                return false;
            } else {
                if (level.named()) {
                    skip(table, Byte.toUnsignedInt(table.get()));
                }
                readValue(table, levels);
            }
        }
        return true;
    }

    /** Moves behind the value, or to the first entry of a table or an array. */
    private static void readValue(ByteBuffer table, Deque<Level> levels) {
        char type = (char) table.get();
        switch (type) {
            case 'F', 'A' -> {
                int length = table.getInt();
                int end = table.position() + length;
                if (length < 0 || end > table.limit()) {
                    throw new IllegalArgumentException("A value ends outside the headers.");
                }
                levels.push(new Level(end, type == 'F'));
            }
            case 'S', 'x' -> skip(table, table.getInt());
            case 'V' -> {}
            case 't', 'b', 'B' -> skip(table, 1);
            case 's', 'u' -> skip(table, Short.BYTES);
            case 'I', 'i', 'f' -> skip(table, Integer.BYTES);
            case 'D' -> skip(table, 1 + Integer.BYTES);
            case 'l', 'd', 'T' -> skip(table, Long.BYTES);
            default -> throw new IllegalArgumentException("Unknown type '" + type + "'.");
        }
    }

    private static void skip(ByteBuffer table, int bytes) {
        if (bytes < 0 || bytes > table.remaining()) {
            throw new BufferUnderflowException();
        }
        table.position(table.position() + bytes);
    }

    /**
     * A table or an array.
     *
     * @param end position behind it
     * @param named whether its values have names
     */
    private record Level(int end, boolean named) {}
}
