package dev.sluice.media.segment;

import dev.sluice.media.SourceDamage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What was made of one segment.
 *
 * @param frames empty where the film stands still all the time
 * @param files its renditions and thumbnails
 */
public record EncodedSegment(Optional<FrameRange> frames, List<Path> files, SourceDamage damage) {
    public EncodedSegment {
        files = List.copyOf(files);
    }

    /**
     * The frames of a segment.
     *
     * @param count 1 or more
     * @param first when the first is shown, in the times of the whole
     */
    public record FrameRange(long count, Duration first) {}
}
