package dev.sluice.media.rendition;

import dev.sluice.job.VariantAttributes;
import dev.sluice.media.streaming.StreamFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * A finished rendition on disk.
 *
 * @param variant of the plain MP4: codecs and average frame rate
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
        VariantAttributes variant,
        Optional<StreamFile> stream) {

    /** A plain MP4. */
    public RenditionFile(
            String quality,
            Path file,
            int width,
            int height,
            long bytes,
            Duration duration,
            long frames,
            VariantAttributes variant) {
        this(quality, file, width, height, bytes, duration, frames, variant, Optional.empty());
    }

    /** Whether the video is AV1; otherwise it is H.264. */
    public boolean isAv1() {
        return variant.codecs().startsWith("av01.");
    }

    public RenditionFile withStream(StreamFile fragments) {
        return new RenditionFile(
                quality, file, width, height, bytes, duration, frames, variant, Optional.of(fragments));
    }
}
