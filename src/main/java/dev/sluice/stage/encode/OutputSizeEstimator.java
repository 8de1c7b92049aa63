package dev.sluice.stage.encode;

import dev.sluice.config.MediaConfig;
import dev.sluice.message.VideoMetadata;
import java.time.Duration;
import java.util.Optional;

/**
 * Estimates the disk space for the outputs of a video: the sum of the ladder's bitrate caps over its duration. The encoder
 * exceeds the caps only in short bursts. Rungs that are too large for the source count as well, so that the estimate errs on one
 * side only. With streaming, the largest rendition counts twice: it is on the disk as a plain and as a hybrid file for a time. With
 * AV1, it counts once more.
 */
public final class OutputSizeEstimator {
    /** For bursts within x264's buffer of two seconds, container overhead, and thumbnails. */
    private static final double MARGIN = 1.1;
    /** Assumed if the duration is unknown. */
    private static final double DEFAULT_DURATION_SECONDS = 3_600;

    private static final long BASE_BYTES = 16L << 20;
    private static final double BITS_PER_BYTE = 8;

    private final double maxSeconds;
    private final long bitrate;

    public OutputSizeEstimator(MediaConfig media) {
        this.maxSeconds = media.limits().maxDuration().toMillis() / 1e3;
        long bitrate = media.ladder().stream()
                .mapToLong(rung -> (long) rung.maxBitrate() + media.audioBitrate())
                .sum();
        long largest = media.ladder().stream()
                        .mapToLong(MediaConfig.Rung::maxBitrate)
                        .max()
                        .orElse(0)
                + media.audioBitrate();
        if (media.streaming() != MediaConfig.Streaming.NONE) {
            bitrate += largest;
        }
        if (media.codecs().contains(MediaConfig.Codec.AV1)) {
            bitrate += largest;
        }
        this.bitrate = bitrate;
    }

    /** Estimate in bytes for a part of a video. */
    long estimateBytes(Duration part) {
        return (long) (BASE_BYTES + MARGIN * Math.min(part.toMillis() / 1e3, maxSeconds) * bitrate / BITS_PER_BYTE);
    }

    /** Estimate in bytes for a video with this metadata. A stated duration counts up to the limit for sources. */
    long estimateBytes(Optional<VideoMetadata> metadata) {
        double stated = metadata.map(VideoMetadata::duration)
                .filter(length -> length > 0)
                .orElse(DEFAULT_DURATION_SECONDS);
        return estimateBytes(Duration.ofMillis((long) (Math.min(stated, maxSeconds) * 1e3)));
    }
}
