package dev.sluice.ffmpeg.segment;

import dev.sluice.ffmpeg.encode.EncodeRequest;
import dev.sluice.media.segment.Segment;
import java.time.Duration;
import java.util.Optional;

/**
 * Parameters of the encode of one segment.
 *
 * @param firstFrame timestamp of its first frame, as {@link dev.sluice.ffmpeg.probe.FrameTimestampScanner} found it; empty if
 *     it found none
 */
public record SegmentRequest(EncodeRequest encode, Segment segment, Optional<Duration> firstFrame) {}
