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

    private SourceWarnings() {}

    /**
     * Builds the warnings, one sentence each.
     *
     * @param stated duration of the source by its header
     * @param encoded duration of the outputs
     */
    public static List<String> build(Optional<Duration> stated, Duration encoded, SourceDamage damage) {
        List<String> warnings = new ArrayList<>();
        if (damage.truncated()) {
            warnings.add("The file is truncated; the existing part was encoded.");
        } else {
            missing(stated, encoded).ifPresent(warnings::add);
        }
        if (damage.corrupt() && warnings.isEmpty()) {
            warnings.add("Parts of the file are damaged; video or audio may have defects there.");
        }
        return warnings;
    }

    private static Optional<String> missing(Optional<Duration> stated, Duration encoded) {
        return stated.filter(length -> {
                    double gap = DecimalSeconds.toSeconds(length) - DecimalSeconds.toSeconds(encoded);
                    return gap > MISSING_SECONDS && gap > MAX_MISSING_FRACTION * DecimalSeconds.toSeconds(length);
                })
                .map(length -> String.format(
                        Locale.ROOT,
                        "The file has a stated duration of %.1f s, but only %.1f s could be decoded.",
                        DecimalSeconds.toSeconds(length),
                        DecimalSeconds.toSeconds(encoded)));
    }
}
