package dev.sluice.media.streaming;

/**
 * A part of a stream that a player can load and decode by itself.
 *
 * @param range of the file
 * @param start presentation time, ticks of the stream
 * @param duration ticks
 * @param samples number of samples
 */
public record StreamSegment(FileRange range, long start, long duration, int samples) {
    public long end() {
        return start + duration;
    }
}
