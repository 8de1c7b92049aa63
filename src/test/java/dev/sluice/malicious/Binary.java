package dev.sluice.malicious;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Bytes of file formats. */
final class Binary {
    private Binary() {}

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Numbers of 32 bits, the highest byte first. */
    static byte[] big(long... numbers) {
        return ints(ByteOrder.BIG_ENDIAN, numbers);
    }

    /** Numbers of 32 bits, the lowest byte first. */
    static byte[] little(long... numbers) {
        return ints(ByteOrder.LITTLE_ENDIAN, numbers);
    }

    private static byte[] ints(ByteOrder order, long... numbers) {
        ByteBuffer buffer = ByteBuffer.allocate(4 * numbers.length).order(order);
        for (long number : numbers) {
            buffer.putInt((int) number);
        }
        return buffer.array();
    }

    /** The content with these bytes over it. */
    static byte[] patched(byte[] content, int at, byte[] over) {
        byte[] patched = content.clone();
        System.arraycopy(over, 0, patched, at, over.length);
        return patched;
    }

    /** Where the text begins in the content. */
    static int find(byte[] content, String text) {
        int at = new String(content, StandardCharsets.ISO_8859_1).indexOf(text);
        if (at < 0) {
            throw new IllegalArgumentException("no " + text + " in there");
        }
        return at;
    }
}
