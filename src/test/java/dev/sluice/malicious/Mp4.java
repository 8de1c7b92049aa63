package dev.sluice.malicious;

import static dev.sluice.malicious.Binary.ascii;
import static dev.sluice.malicious.Binary.big;
import static dev.sluice.malicious.Binary.join;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/** Creates MP4 files from boxes, and changes boxes of MP4 files. */
final class Mp4 {
    private static final int HEADER = 8;

    private Mp4() {}

    static byte[] box(String type, byte[]... content) {
        byte[] inside = join(content);
        return join(big(HEADER + inside.length), ascii(type), inside);
    }

    /** A box with this size in its header. */
    static byte[] boxOfSize(long size, String type, byte[]... content) {
        return join(big(size), ascii(type), join(content));
    }

    /** A file that starts like an MP4 file. */
    static byte[] file(byte[]... boxes) {
        return join(box("ftyp", ascii("isom"), big(512), ascii("isomiso2avc1mp41")), join(boxes));
    }

    /**
     * Replaces the contents of one box, and adapts the sizes of the boxes around it.
     *
     * @param path {@code moov/trak/tkhd}; selects the first box of each type
     */
    static byte[] changed(byte[] file, String path, UnaryOperator<byte[]> change) {
        String[] steps = path.split("/", 2);
        for (int at = 0; at + HEADER <= file.length; ) {
            int size = ByteBuffer.wrap(file).getInt(at);
            String type = new String(file, at + 4, 4, java.nio.charset.StandardCharsets.ISO_8859_1);
            if (type.equals(steps[0])) {
                byte[] content = Arrays.copyOfRange(file, at + HEADER, at + size);
                byte[] other = steps.length == 1 ? change.apply(content) : changed(content, steps[1], change);
                return join(
                        Arrays.copyOf(file, at), box(type, other), Arrays.copyOfRange(file, at + size, file.length));
            }
            at += size;
        }
        throw new IllegalArgumentException("box not found: " + path);
    }

    /** Nested boxes, each containing the next. */
    static byte[] nested(String type, int depth) {
        ByteBuffer nested = ByteBuffer.allocate(HEADER * depth);
        for (int level = depth; level > 0; level--) {
            nested.putInt(HEADER * level).put(ascii(type));
        }
        return nested.array();
    }
}
