package dev.sluice.media.rendition;

import dev.sluice.media.DecimalSeconds;
import dev.sluice.media.MediaInfo;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How fast this host encodes, as far as it knows: measured for each class of picture sizes, an octave of pixels each. Safe for use
 * from any thread.
 */
public final class EncodeSpeedEstimator {
    /** Pixels of the source a second and thread; half of what was measured on two cores with the default ladder. */
    private static final double FIRST_GUESS = 8e6;
    /** What starting FFmpeg weighs in a shorter run. */
    private static final Duration MIN_SAMPLE = Duration.ofSeconds(2);
    /** How much one encode counts against all before: films differ more than hosts do. */
    private static final double SMOOTHING_FACTOR = 0.3;

    private static final double USUAL_FRAME_RATE = 30;

    private final int threads;
    private final Map<Integer, Double> framesASecond = new ConcurrentHashMap<>();

    /** @param threads that one FFmpeg run may use */
    public EncodeSpeedEstimator(int threads) {
        this.threads = threads;
    }

    /** How long an encode of a film may take, by what its header says. */
    public Duration estimate(MediaInfo film) {
        double seconds = film.duration().map(DecimalSeconds::toSeconds).orElse(0.0);
        return estimate(film, Math.round(seconds * frameRate(film)));
    }

    /** How long an encode of so many frames of a film may take. */
    public Duration estimate(MediaInfo film, long frames) {
        return DecimalSeconds.fromSeconds(frames / framesASecond(film));
    }

    /** Learns from an encode. */
    public void record(MediaInfo film, long frames, Duration took) {
        if (frames > 0 && took.compareTo(MIN_SAMPLE) >= 0) {
            double speed = frames / DecimalSeconds.toSeconds(took);
            framesASecond.merge(sizeClass(film), speed, (before, now) -> before + SMOOTHING_FACTOR * (now - before));
        }
    }

    private double framesASecond(MediaInfo film) {
        double guess = FIRST_GUESS * threads / Math.max(1, pixels(film));
        return framesASecond.getOrDefault(sizeClass(film), guess);
    }

    private static double frameRate(MediaInfo film) {
        double rate = film.video().frameRate();
        return rate > 0 ? rate : USUAL_FRAME_RATE;
    }

    private static int sizeClass(MediaInfo film) {
        return Long.SIZE - Long.numberOfLeadingZeros(pixels(film));
    }

    private static long pixels(MediaInfo film) {
        return film.video().displaySize().pixels();
    }
}
