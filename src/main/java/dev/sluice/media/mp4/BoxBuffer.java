package dev.sluice.media.mp4;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Builds small boxes in memory. */
public final class BoxBuffer {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    public static byte[] type(String type) {
        return type.getBytes(StandardCharsets.ISO_8859_1);
    }

    public static byte[] box(String type, byte[]... contents) {
        BoxBuffer body = new BoxBuffer();
        for (byte[] content : contents) {
            body.write(content);
        }
        byte[] all = body.toBytes();
        return new BoxBuffer()
                .int32(Mp4Reader.HEADER_BYTES + all.length)
                .add(type(type))
                .add(all)
                .toBytes();
    }

    public BoxBuffer int32(int... values) {
        for (int value : values) {
            write(ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
        }
        return this;
    }

    public BoxBuffer add(byte[] content) {
        write(content);
        return this;
    }

    private void write(byte[] content) {
        bytes.write(content, 0, content.length);
    }

    public byte[] toBytes() {
        return bytes.toByteArray();
    }
}
