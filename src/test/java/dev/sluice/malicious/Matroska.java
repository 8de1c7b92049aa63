package dev.sluice.malicious;

import static dev.sluice.malicious.Binary.ascii;
import static dev.sluice.malicious.Binary.big;
import static dev.sluice.malicious.Binary.join;

import java.util.HexFormat;

/** Matroska files without media data. */
final class Matroska {
    private Matroska() {}

    /** An element with a size field of eight bytes. */
    static byte[] element(String id, byte[]... content) {
        byte[] inside = join(content);
        return join(HexFormat.of().parseHex(id), new byte[] {1, 0, 0, 0}, big(inside.length), inside);
    }

    static byte[] file(byte[]... elements) {
        byte[] header = element(
                "1a45dfa3",
                element("4282", ascii("matroska")),
                element("4287", new byte[] {4}),
                element("4285", new byte[] {2}));
        byte[] info = element("1549a966", element("2ad7b1", big(1_000_000)));
        return join(header, element("18538067", info, join(elements)));
    }

    static byte[] tracks(int count) {
        byte[][] tracks = new byte[count][];
        for (int i = 0; i < count; i++) {
            tracks[i] = element(
                    "ae",
                    element("d7", big(i + 1)),
                    element("73c5", big(i + 1)),
                    element("83", new byte[] {1}),
                    element("86", ascii("V_MJPEG")),
                    element("e0", element("b0", big(320)), element("ba", big(240))));
        }
        return element("1654ae6b", tracks);
    }

    /** Nested tags, each containing the next. */
    static byte[] nestedTags(int depth) {
        byte[] tag = new byte[0];
        for (int level = 0; level < depth; level++) {
            tag = element("67c8", element("45a3", ascii("a")), tag);
        }
        return element("1254c367", element("7373", tag));
    }
}
