package dev.sluice.media;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Builds the warnings for a source that was encoded despite errors. Pure. */
public final class SourceWarnings {
    private static final double MISSING_SECONDS = 0.5;
    private static final double MAX_MISSING_FRACTION = 0.03;

    /** More than packets, priming samples and containers with coarse timestamps account for; noticeable in speech. */
    private static final Duration MAX_SHIFT = Duration.ofMillis(200);

    private SourceWarnings() {}

    /**
     * Builds the warnings, one sentence each.
     *
     * @param stated duration of the source by its header
     * @param encoded duration of the outputs
     * @param source times of the streams by the header of the source
     * @param outputs times of the streams of the outputs
     */
    public static List<String> build(
            Optional<Duration> stated, Duration encoded, SourceDamage damage, StreamTimes source, StreamTimes outputs) {
        List<String> warnings = new ArrayList<>();
        if (damage.truncated()) {
            warnings.add("The file is truncated; the existing part was encoded.");
        } else {
            missing(stated, encoded).ifPresent(warnings::add);
        }
        if (warnings.isEmpty()) {
            shiftedAudio(source, outputs)
                    .or(() -> missingAudio(source, outputs))
                    .ifPresent(warnings::add);
        }
        if (damage.corrupt() && warnings.isEmpty()) {
            warnings.add("Parts of the file are damaged; video or audio may have defects there.");
        }
        return warnings;
    }

    private static Optional<String> shiftedAudio(StreamTimes source, StreamTimes outputs) {
        return source.audioOffset()
                .flatMap(stated -> outputs.audioOffset()
                        .filter(offset -> offset.minus(stated).abs().compareTo(MAX_SHIFT) > 0)
                        .map(offset -> String.format(
                                Locale.ROOT,
                                "By the file, its audio starts %.2f s after the video, but in the outputs it starts %.2f s after it.",
                                DecimalSeconds.toSeconds(stated),
                                DecimalSeconds.toSeconds(offset))));
    }

    private static Optional<String> missingAudio(StreamTimes source, StreamTimes outputs) {
        return source.audioDuration()
                .flatMap(stated -> outputs.audioDuration()
                        .filter(encoded -> isMuchShorter(encoded, stated))
                        .map(encoded -> String.format(
                                Locale.ROOT,
                                "The audio has a stated duration of %.1f s, but only %.1f s could be decoded.",
                                DecimalSeconds.toSeconds(stated),
                                DecimalSeconds.toSeconds(encoded))));
    }

    private static boolean isMuchShorter(Duration encoded, Duration stated) {
        double gap = DecimalSeconds.toSeconds(stated.minus(encoded));
        return gap > MISSING_SECONDS && gap > MAX_MISSING_FRACTION * DecimalSeconds.toSeconds(stated);
    }

    private static Optional<String> missing(Optional<Duration> stated, Duration encoded) {
        return stated.filter(length -> isMuchShorter(encoded, length))
                .map(length -> String.format(
                        Locale.ROOT,
                        "The file has a stated duration of %.1f s, but only %.1f s could be decoded.",
                        DecimalSeconds.toSeconds(length),
                        DecimalSeconds.toSeconds(encoded)));
    }
}
