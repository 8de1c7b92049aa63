package dev.sluice.media.segment;

import dev.sluice.media.SourceDamage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Result of the encode of one segment.
 *
 * @param frames empty if the source has no frame in the segment
 * @param files renditions and thumbnails
 */
public record EncodedSegment(Optional<FrameRange> frames, List<Path> files, SourceDamage damage) {
    public EncodedSegment {
        files = List.copyOf(files);
    }

    /**
     * The frames of a segment.
     *
     * @param count 1 or more
     * @param first timestamp of the first frame in the whole video
     */
    public record FrameRange(long count, Duration first) {}
}
