package dev.sluice.media.rendition;

import dev.sluice.media.DecimalSeconds;
import dev.sluice.media.MediaInfo;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Estimates how long this host takes for an encode, from measurements for each class of frame sizes (powers of two of the number
 * of pixels). Thread-safe.
 */
public final class EncodeSpeedEstimator {
    /** Pixels of the source per second and thread; half of the value measured on two cores with the default ladder. */
    private static final double INITIAL_SPEED = 8e6;
    /** In a shorter run, starting FFmpeg takes a significant part of the time. */
    private static final Duration MIN_SAMPLE = Duration.ofSeconds(2);
    /** Weight of one encode against all earlier ones: videos differ more than hosts. */
    private static final double SMOOTHING_FACTOR = 0.3;

    private static final double DEFAULT_FRAME_RATE = 30;

    private final int threads;
    private final Map<Integer, Double> framesPerSecond = new ConcurrentHashMap<>();

    /** @param threads that one FFmpeg run may use */
    public EncodeSpeedEstimator(int threads) {
        this.threads = threads;
    }

    /** Estimated duration of an encode, by the duration and frame rate in the header. */
    public Duration estimate(MediaInfo info) {
        double seconds = info.duration().map(DecimalSeconds::toSeconds).orElse(0.0);
        return estimate(info, Math.round(seconds * frameRate(info)));
    }

    /** Estimated duration of an encode of this number of frames. */
    public Duration estimate(MediaInfo info, long frames) {
        return DecimalSeconds.fromSeconds(frames / framesPerSecond(info));
    }

    /** Records the measured duration of an encode. */
    public void record(MediaInfo info, long frames, Duration elapsed) {
        if (frames > 0 && elapsed.compareTo(MIN_SAMPLE) >= 0) {
            double speed = frames / DecimalSeconds.toSeconds(elapsed);
            framesPerSecond.merge(sizeClass(info), speed, (before, now) -> before + SMOOTHING_FACTOR * (now - before));
        }
    }

    private double framesPerSecond(MediaInfo info) {
        double initial = INITIAL_SPEED * threads / Math.max(1, pixels(info));
        return framesPerSecond.getOrDefault(sizeClass(info), initial);
    }

    private static double frameRate(MediaInfo info) {
        double rate = info.video().frameRate();
        return rate > 0 ? rate : DEFAULT_FRAME_RATE;
    }

    private static int sizeClass(MediaInfo info) {
        return Long.SIZE - Long.numberOfLeadingZeros(pixels(info));
    }

    private static long pixels(MediaInfo info) {
        return info.video().displaySize().pixels();
    }
}
