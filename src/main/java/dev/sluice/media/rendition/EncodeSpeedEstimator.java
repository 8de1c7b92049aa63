package dev.sluice.media.rendition;

import dev.sluice.media.DecimalSeconds;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/**
 * Estimates how long this host takes for an encode, from speeds measured for each {@link SpeedClass}: of this process, or of others
 * before it. A class without a measurement has the speed of the most similar one. Speeds are pixels of all renditions per second
 * and thread. Thread-safe.
 */
public final class EncodeSpeedEstimator {
    /** Weight of one encode against all earlier ones: videos differ more than hosts. */
    public static final double SMOOTHING_FACTOR = 0.3;
    /** With preset {@code medium}, without any measurement; 0.6 of the speed measured on two cores. */
    private static final double INITIAL_SPEED = 2e7;
    /** In a shorter run, starting FFmpeg takes a significant part of the time. */
    private static final Duration MIN_SAMPLE = Duration.ofSeconds(2);
    /** A thread with preset {@code veryslow} and with {@code ultrafast}, with two more orders of magnitude each. */
    private static final double MIN_SPEED = 1e4;

    private static final double MAX_SPEED = 1e10;

    private final Map<SpeedClass, Double> speeds = new ConcurrentHashMap<>();
    private final BiConsumer<SpeedClass, Double> onMeasured;

    /** @param onMeasured receives each new measurement, on the thread that measured; must not fail */
    public EncodeSpeedEstimator(BiConsumer<SpeedClass, Double> onMeasured) {
        this.onMeasured = onMeasured;
    }

    /** Without any measurement, and for this process only. */
    public EncodeSpeedEstimator() {
        this((speedClass, speed) -> {});
    }

    /** Adds speeds that were measured earlier. Ignores implausible ones, and those of classes that this process has measured. */
    public void addKnown(Map<SpeedClass, Double> known) {
        known.forEach((speedClass, speed) -> {
            if (isPlausible(speed)) {
                speeds.putIfAbsent(speedClass, speed);
            }
        });
    }

    /** Whether no speed is known, so that estimates are guesses. */
    public boolean isGuessing() {
        return speeds.isEmpty();
    }

    /** Estimated duration of an encode. */
    public Duration estimate(EncodeWork work) {
        return DecimalSeconds.fromSeconds(
                work.frames() * work.pixelsPerFrame() / (speed(work.speedClass()) * work.threads()));
    }

    /** Records the measured duration of an encode. */
    public void record(EncodeWork work, Duration elapsed) {
        if (work.frames() > 0 && elapsed.compareTo(MIN_SAMPLE) >= 0) {
            record(
                    work.speedClass(),
                    work.frames() * work.pixelsPerFrame() / (DecimalSeconds.toSeconds(elapsed) * work.threads()));
        }
    }

    /** Records a measured speed; ignores an implausible one. */
    public void record(SpeedClass speedClass, double measured) {
        if (isPlausible(measured)) {
            speeds.merge(speedClass, measured, (before, now) -> before + SMOOTHING_FACTOR * (now - before));
            onMeasured.accept(speedClass, measured);
        }
    }

    private double speed(SpeedClass wanted) {
        Optional<Map.Entry<SpeedClass, Double>> nearest = speeds.entrySet().stream()
                .min(Comparator.comparingInt((Map.Entry<SpeedClass, Double> known) -> wanted.difference(known.getKey()))
                        .thenComparing(Map.Entry::getValue));
        return nearest.map(known -> known.getValue()
                        * wanted.relativeSpeed()
                        / known.getKey().relativeSpeed())
                .orElse(INITIAL_SPEED * wanted.relativeSpeed());
    }

    /** NaN is not. */
    private static boolean isPlausible(double speed) {
        return speed >= MIN_SPEED && speed <= MAX_SPEED;
    }
}
