package dev.sluice.ffmpeg.probe;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Mix of a channel layout that FFmpeg's resampler cannot mix down, as expressions of FFmpeg's {@code pan} filter. Pure.
 *
 * @param expressions of left and right, separated by {@code |}
 * @param warning which channels the mix omits; empty if none
 */
record StereoMix(String expressions, Optional<String> warning) {
    /** FFmpeg assumes the usual layout for so many channels without a stated layout. */
    private static final int MAX_GUESSED_CHANNELS = 8;

    private static final Pattern AMBISONIC = Pattern.compile("ambisonic (\\d)(\\+stereo)?.*");
    private static final Pattern CUSTOM = Pattern.compile("\\d+ channels \\(([\\w+@ .-]+)\\)");
    private static final double CENTER_LEVEL = 0.707;

    /** The mix; empty if FFmpeg mixes this layout itself. */
    static Optional<StereoMix> of(int channels, String layout) {
        Matcher ambisonic = AMBISONIC.matcher(layout);
        Matcher custom = CUSTOM.matcher(layout);
        if (ambisonic.matches()) {
            return Optional.of(ambisonic(channels));
        }
        if (custom.matches()) {
            return Optional.of(positions(List.of(custom.group(1).split("\\+"))));
        }
        if (layout.equals("binaural")) {
            return Optional.of(new StereoMix("c0|c1", Optional.empty()));
        }
        return layout.isEmpty() && channels > MAX_GUESSED_CHANNELS
                ? Optional.of(firstTwo(channels, "without a stated layout"))
                : Optional.empty();
    }

    /** Two cardioids to the left and to the right, from the components W and Y (channels 0 and 1, ACN order). */
    private static StereoMix ambisonic(int channels) {
        return channels == 1
                ? new StereoMix("c0|c0", Optional.empty())
                : new StereoMix(
                        "0.5*c0+0.5*c1|0.5*c0-0.5*c1",
                        Optional.of("The ambisonic audio was mixed to stereo from its components W and Y."));
    }

    private static StereoMix positions(List<String> names) {
        int left = names.indexOf("FL");
        int right = names.indexOf("FR");
        int center = names.indexOf("FC");
        if (names.size() == 1) {
            return new StereoMix("c0|c0", Optional.empty());
        }
        if (left < 0 || right < 0) {
            return firstTwo(names.size(), "with the layout " + String.join("+", names));
        }
        String middle = center < 0 ? "" : "+" + CENTER_LEVEL + "*c" + center;
        return new StereoMix(
                "c" + left + middle + "|c" + right + middle,
                names.size() > (center < 0 ? 2 : 3)
                        ? Optional.of("Only the front channels of the " + names.size() + " audio channels were used.")
                        : Optional.empty());
    }

    private static StereoMix firstTwo(int channels, String which) {
        return new StereoMix(
                "c0|c1",
                channels > 2
                        ? Optional.of(
                                "Only the first two of the " + channels + " audio channels " + which + " were used.")
                        : Optional.empty());
    }
}
