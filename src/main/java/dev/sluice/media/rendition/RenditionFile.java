package dev.sluice.media.rendition;

import dev.sluice.media.streaming.StreamFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * A finished rendition on disk.
 *
 * @param stream its fragments; empty for a plain MP4
 */
public record RenditionFile(
        String quality,
        Path file,
        int width,
        int height,
        long bytes,
        Duration duration,
        long frames,
        Optional<StreamFile> stream) {

    /** A plain MP4. */
    public RenditionFile(String quality, Path file, int width, int height, long bytes, Duration duration, long frames) {
        this(quality, file, width, height, bytes, duration, frames, Optional.empty());
    }

    public RenditionFile withStream(StreamFile fragments) {
        return new RenditionFile(quality, file, width, height, bytes, duration, frames, Optional.of(fragments));
    }
}
