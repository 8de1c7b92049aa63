package dev.sluice.media.streaming;

import java.util.List;

/**
 * The fragments of one track of a hybrid file.
 *
 * @param codec RFC 6381
 * @param timescale ticks per second
 * @param width of the video, pixels; 0 for audio
 * @param height of the video, pixels; 0 for audio
 * @param initialization range of the initialization segment
 * @param segments in order; at least one
 * @param keyFrames of the video: range to the end of the key frame, time to the next one; empty for audio
 */
public record FragmentedStream(
        String codec,
        long timescale,
        int width,
        int height,
        FileRange initialization,
        List<StreamSegment> segments,
        List<StreamSegment> keyFrames) {
    public FragmentedStream {
        segments = List.copyOf(segments);
        keyFrames = List.copyOf(keyFrames);
    }
}
