package dev.sluice.media.rendition;

import dev.sluice.media.MediaInfo;
import java.util.Map;

/**
 * Videos and settings whose encodes have about the same speed.
 *
 * @param preset of x264
 * @param codec of the source, FFmpeg's name; {@link #GENERATED} for a generated video
 * @param sizeClass bits of the number of pixels of a source frame
 * @param frameRate of the source: {@value #USUAL_RATE}, or the next of 60 and 120 frames per second
 */
public record SpeedClass(String preset, String codec, int sizeClass, int frameRate) {
    /** The codec of a generated video, which is not decoded. */
    public static final String GENERATED = "generated";

    static final String DEFAULT_PRESET = "medium";
    private static final int USUAL_RATE = 30;
    /** 29.97 and 30 frames per second, and measured averages a little above. */
    private static final double TOLERANCE = 1.1;
    /** Speeds relative to preset {@code medium}, CPU time of three renditions of 1080p25 including their decode. */
    private static final Map<String, Double> RELATIVE_SPEEDS = Map.of(
            "ultrafast",
            2.9,
            "superfast",
            2.2,
            "veryfast",
            2.0,
            "faster",
            1.3,
            "fast",
            1.1,
            DEFAULT_PRESET,
            1.0,
            "slow",
            0.8,
            "slower",
            0.45,
            "veryslow",
            0.27);

    /** Another preset is a larger difference than any other codec, size and rate, and a generated video a larger one. */
    private static final int PRESET_DIFFERENCE = 100;

    private static final int GENERATED_DIFFERENCE = 1000;

    /** The class of a source that is encoded with this preset. */
    public static SpeedClass of(MediaInfo info, String preset) {
        return new SpeedClass(
                preset,
                info.video().codec(),
                sizeClass(info.video().displaySize().pixels()),
                rateClass(info.video().frameRate()));
    }

    /** The class of a generated video with frames of this number of pixels. */
    public static SpeedClass generated(long pixels) {
        return new SpeedClass(DEFAULT_PRESET, GENERATED, sizeClass(pixels), USUAL_RATE);
    }

    /** How many times as fast as preset {@code medium}. */
    double relativeSpeed() {
        return RELATIVE_SPEEDS.getOrDefault(preset, 1.0);
    }

    /** How much the speed of the other class says about this one; less is better, 0 is the same class. */
    int difference(SpeedClass other) {
        return (preset.equals(other.preset) ? 0 : PRESET_DIFFERENCE)
                + (other.codec.equals(GENERATED) ? GENERATED_DIFFERENCE : 0)
                + (codec.equals(other.codec) ? 0 : 1)
                + Math.abs(sizeClass - other.sizeClass)
                + (frameRate == other.frameRate ? 0 : 1);
    }

    private static int sizeClass(long pixels) {
        return Long.SIZE - Long.numberOfLeadingZeros(pixels);
    }

    private static int rateClass(double rate) {
        if (rate <= USUAL_RATE * TOLERANCE) {
            return USUAL_RATE;
        }
        return rate <= 2 * USUAL_RATE * TOLERANCE ? 2 * USUAL_RATE : 4 * USUAL_RATE;
    }
}
