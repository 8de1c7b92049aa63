package dev.sluice.malicious;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Creates and changes bytes of file formats. */
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

    /** 32-bit numbers, big-endian. */
    static byte[] big(long... numbers) {
        return ints(ByteOrder.BIG_ENDIAN, numbers);
    }

    /** 32-bit numbers, little-endian. */
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

    /** The content with bytes replaced at an offset. */
    static byte[] patched(byte[] content, int at, byte[] over) {
        byte[] patched = content.clone();
        System.arraycopy(over, 0, patched, at, over.length);
        return patched;
    }

    /** Offset of the text in the content. */
    static int find(byte[] content, String text) {
        int at = new String(content, StandardCharsets.ISO_8859_1).indexOf(text);
        if (at < 0) {
            throw new IllegalArgumentException("text not found: " + text);
        }
        return at;
    }
}
