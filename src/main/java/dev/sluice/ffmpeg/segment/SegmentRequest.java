package dev.sluice.ffmpeg.segment;

import dev.sluice.ffmpeg.encode.EncodeRequest;
import dev.sluice.media.Dimensions;
import dev.sluice.media.segment.Segment;
import java.time.Duration;
import java.util.Optional;

/**
 * Parameters of the encode of one segment.
 *
 * @param displaySize of the source, by which renditions are selected
 * @param firstFrame timestamp of its first frame, as {@link dev.sluice.ffmpeg.probe.FrameTimestampScanner} found it; empty if
 *     it found none
 */
public record SegmentRequest(
        EncodeRequest encode, Dimensions displaySize, Segment segment, Optional<Duration> firstFrame) {}
