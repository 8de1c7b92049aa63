package dev.sluice.config;

import java.time.Duration;
import java.util.List;

/**
 * What is made of a video, and which videos are refused.
 *
 * @param ladder the rungs, smallest first
 * @param preset x264's speed preset
 * @param crf x264's constant rate factor, 0 to 51
 * @param audioBitrate bit/s of the stereo AAC track
 * @param keyFrameInterval time between key frames, the same in all renditions
 * @param thumbnailInterval time between thumbnails
 * @param thumbnailWidth pixels
 */
public record MediaConfig(
        List<Rung> ladder,
        String preset,
        int crf,
        int audioBitrate,
        Duration keyFrameInterval,
        Duration thumbnailInterval,
        int thumbnailWidth,
        Limits limits) {

    public MediaConfig {
        ladder = List.copyOf(ladder);
    }

    /**
     * One rung of the ladder.
     *
     * @param quality the name on the wire and in object keys, {@code 720p}
     * @param shortSide pixels of the shorter side of the picture; it decides whether a rung is smaller than the source
     * @param maxBitrate bit/s, the cap of the video
     */
    public record Rung(String quality, int shortSide, int maxBitrate) {}

    /**
     * What is refused.
     *
     * @param maxBytes size of the source
     * @param maxDuration length of the source
     * @param maxPixels width times height of the source
     * @param maxStreams streams in the source
     */
    public record Limits(long maxBytes, Duration maxDuration, long maxPixels, int maxStreams) {}
}
