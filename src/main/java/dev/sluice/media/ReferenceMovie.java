package dev.sluice.media;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** Detects an MP4 or QuickTime file that has an index but no media data: its media are in another file, or are missing. */
public final class ReferenceMovie {
    private static final int HEADER_BYTES = 8;
    private static final int LARGE_HEADER_BYTES = 16;
    /** More boxes than any real file has at its top level before its media data. */
    private static final int MAX_BOXES = 1000;

    private ReferenceMovie() {}

    /**
     * Reads the headers of the boxes at the top level of {@code file}; blocks.
     *
     * @return false for other containers, and if a box exceeds the file
     */
    public static boolean matches(Path file) throws IOException {
        Set<String> types = new HashSet<>();
        try (FileChannel content = FileChannel.open(file)) {
            long size = content.size();
            long position = 0;
            for (int boxes = 0; boxes < MAX_BOXES && position + HEADER_BYTES <= size; boxes++) {
                ByteBuffer header = ByteBuffer.allocate(LARGE_HEADER_BYTES);
                content.read(header, position);
                long length = header.getInt(0) & 0xffffffffL;
                types.add(new String(header.array(), 4, 4, StandardCharsets.ISO_8859_1));
                if (length == 1) {
                    length = header.getLong(HEADER_BYTES);
                }
                // A length of 0 extends to the end of the file.
                if (length < HEADER_BYTES || length > size - position) {
                    return false;
                }
                position += length;
            }
        }
        return types.contains("moov") && !types.contains("mdat") && !types.contains("moof");
    }
}
