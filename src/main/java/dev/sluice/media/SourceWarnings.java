package dev.sluice.media;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a person should know of a source that was encoded though something was wrong with it. Pure. */
public final class SourceWarnings {
    private static final double MISSING_SECONDS = 0.5;
    private static final double MAX_MISSING_FRACTION = 0.03;

    private SourceWarnings() {}

    /**
     * The warnings, a sentence each.
     *
     * @param stated how long the source says that it is
     * @param made how long what was made of it is
     */
    public static List<String> build(Optional<Duration> stated, Duration made, SourceDamage damage) {
        List<String> warnings = new ArrayList<>();
        if (damage.truncated()) {
            warnings.add("The file is cut short; what is there was encoded.");
        } else {
            missing(stated, made).ifPresent(warnings::add);
        }
        if (damage.corrupt() && warnings.isEmpty()) {
            warnings.add("Parts of the file are damaged; pictures or sound may be disturbed there.");
        }
        return warnings;
    }

    private static Optional<String> missing(Optional<Duration> stated, Duration made) {
        return stated.filter(length -> {
                    double gap = DecimalSeconds.toSeconds(length) - DecimalSeconds.toSeconds(made);
                    return gap > MISSING_SECONDS && gap > MAX_MISSING_FRACTION * DecimalSeconds.toSeconds(length);
                })
                .map(length -> String.format(
                        java.util.Locale.ROOT,
                        "The file says it lasts %.1f s, but only %.1f s could be decoded.",
                        DecimalSeconds.toSeconds(length),
                        DecimalSeconds.toSeconds(made)));
    }
}
