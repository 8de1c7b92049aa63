package dev.sluice.media.preview;

import dev.sluice.media.Dimensions;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A complete JPEG file.
 *
 * @param timestamp of its first frame
 */
public record ImageFile(Path file, Dimensions size, long bytes, Duration timestamp) {
    private static final int START_OF_IMAGE = 0xFFD8;
    private static final int END_OF_IMAGE = 0xFFD9;
    private static final int BASELINE_FRAME = 0xFFC0;
    private static final int START_OF_SCAN = 0xFFDA;

    /**
     * Checks that a file is a baseline JPEG of this size that ends with the marker of its end.
     *
     * @throws IOException if it is not, or cannot be read
     */
    public static ImageFile of(Path file, Dimensions size, Duration timestamp) throws IOException {
        requireRegular(file);
        Dimensions found = size(file);
        if (!found.equals(size)) {
            throw new IOException(file.getFileName() + " has the size " + found + " instead of " + size);
        }
        return new ImageFile(file, size, endingBytes(file), timestamp);
    }

    /** A link or a pipe is not written by FFmpeg unless it is compromised. */
    static void requireRegular(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(file.getFileName() + " is not a file");
        }
    }

    private static Dimensions size(Path file) throws IOException {
        try (DataInputStream jpeg = new DataInputStream(Files.newInputStream(file))) {
            int marker = jpeg.readUnsignedShort();
            if (marker != START_OF_IMAGE) {
                throw new IOException(file.getFileName() + " is not a JPEG file");
            }
            while (marker != START_OF_SCAN) {
                marker = jpeg.readUnsignedShort();
                int length = jpeg.readUnsignedShort() - 2;
                if (marker == BASELINE_FRAME) {
                    jpeg.readUnsignedByte();
                    int height = jpeg.readUnsignedShort();
                    return new Dimensions(jpeg.readUnsignedShort(), height);
                }
                jpeg.skipNBytes(length);
            }
        }
        throw new IOException(file.getFileName() + " has no frame");
    }

    private static long endingBytes(Path file) throws IOException {
        try (SeekableByteChannel jpeg = Files.newByteChannel(file)) {
            ByteBuffer end = ByteBuffer.allocate(2);
            jpeg.position(jpeg.size() - 2);
            if (jpeg.read(end) != 2 || (end.getShort(0) & 0xFFFF) != END_OF_IMAGE) {
                throw new IOException(file.getFileName() + " is truncated");
            }
            return jpeg.size();
        }
    }
}
