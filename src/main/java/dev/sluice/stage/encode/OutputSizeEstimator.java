package dev.sluice.stage.encode;

import dev.sluice.config.MediaConfig;
import dev.sluice.message.VideoMetadata;
import java.time.Duration;
import java.util.Optional;

/**
 * The disk that the outputs of a video may need: the ladder's caps over its length, which the encoder keeps to but for short
 * bursts. Rungs that the source turns out too small for are counted too: the estimate is to be wrong on one side only.
 */
public final class OutputSizeEstimator {
    /** Bursts within x264's buffer of two seconds, containers, thumbnails. */
    private static final double MARGIN = 1.1;
    /** A video of which nothing is known is taken for one of an hour. */
    private static final double DEFAULT_DURATION_SECONDS = 3_600;

    private static final long SMALLEST = 16L << 20;
    private static final double BITS = 8;

    private final double longestSeconds;
    private final long bitrate;

    public OutputSizeEstimator(MediaConfig media) {
        this.longestSeconds = media.limits().maxDuration().toMillis() / 1e3;
        this.bitrate = media.ladder().stream()
                .mapToLong(rung -> (long) rung.maxBitrate() + media.audioBitrate())
                .sum();
    }

    /** Bytes, for so much of a video. */
    long estimateBytes(Duration part) {
        return (long) (SMALLEST + MARGIN * Math.min(part.toMillis() / 1e3, longestSeconds) * bitrate / BITS);
    }

    /**
     * Bytes, for a video with this description. No description makes it longer than what is accepted.
     */
    long estimateBytes(Optional<VideoMetadata> metadata) {
        double stated = metadata.map(VideoMetadata::duration)
                .filter(length -> length > 0)
                .orElse(DEFAULT_DURATION_SECONDS);
        return estimateBytes(Duration.ofMillis((long) (Math.min(stated, longestSeconds) * 1e3)));
    }
}
