package dev.sluice.media.preview;

import dev.sluice.media.Dimensions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A preview clip: a short MP4 file without audio. */
public record ClipFile(Path file, Dimensions size, long bytes) {
    /**
     * Describes a file whose content has this size.
     *
     * @throws IOException if it is not a regular file, or cannot be read
     */
    public static ClipFile of(Path file, Dimensions size) throws IOException {
        ImageFile.requireRegular(file);
        return new ClipFile(file, size, Files.size(file));
    }
}
