package dev.sluice.media.concat;

import dev.sluice.media.mp4.Box;
import dev.sluice.media.mp4.Mp4Output;
import dev.sluice.media.mp4.Mp4Reader;
import java.io.IOException;
import java.util.List;

/**
 * A box whose size is known before its content is written.
 *
 * @param bytes of the box with its header
 * @param content writes everything after the header
 */
record PlannedBox(String type, long bytes, Content content) {
    /** Writes the content of a box. */
    interface Content {
        void writeTo(Mp4Output out) throws IOException;
    }

    static PlannedBox of(String type, byte[] content) {
        return new PlannedBox(type, Mp4Reader.HEADER_BYTES + content.length, out -> out.bytes(content));
    }

    static PlannedBox container(String type, List<PlannedBox> children) {
        return new PlannedBox(
                type,
                Mp4Reader.HEADER_BYTES
                        + children.stream().mapToLong(PlannedBox::bytes).sum(),
                out -> {
                    for (PlannedBox child : children) {
                        child.writeTo(out);
                    }
                });
    }

    static PlannedBox copy(Mp4Reader reader, Box box) {
        return new PlannedBox(
                box.type(),
                Mp4Reader.HEADER_BYTES + box.bodyBytes(),
                out -> reader.source().transfer(box.body(), box.bodyBytes(), out));
    }

    /** A box with version 0, a number of entries, and the entries. */
    static PlannedBox table(String type, long entries, int entryBytes, Content content) {
        return new PlannedBox(type, Mp4Reader.HEADER_BYTES + 8L + entries * entryBytes, out -> {
            out.int32(0);
            out.int32(Math.toIntExact(entries));
            content.writeTo(out);
        });
    }

    void writeTo(Mp4Output out) throws IOException {
        Mp4Reader.require(bytes <= Integer.MAX_VALUE, "its header has more than 2 GiB");
        long end = out.position() + bytes;
        out.header(type, bytes);
        content.writeTo(out);
        if (out.position() != end) {
            throw new IllegalStateException("the box '" + type + "' has not its planned size");
        }
    }
}
