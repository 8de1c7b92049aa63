package dev.sluice.media;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a person should know of a source that was encoded though something was wrong with it. Pure. */
final class SourceWarnings {
    private static final double MISSING_SECONDS = 0.5;
    private static final double MISSING_SHARE = 0.03;

    private SourceWarnings() {}

    static List<String> of(MediaInfo info, Duration made, Complaints complaints) {
        List<String> warnings = new ArrayList<>();
        if (complaints.mention("partial file")) {
            warnings.add("The file is cut short; what is there was encoded.");
        } else {
            missing(info, made).ifPresent(warnings::add);
        }
        if (complaints.errors() > 0 && warnings.isEmpty()) {
            warnings.add("Parts of the file are damaged; pictures or sound may be disturbed there.");
        }
        return warnings;
    }

    private static Optional<String> missing(MediaInfo info, Duration made) {
        return info.duration()
                .filter(stated -> {
                    double gap = Seconds.in(stated) - Seconds.in(made);
                    return gap > MISSING_SECONDS && gap > MISSING_SHARE * Seconds.in(stated);
                })
                .map(stated -> String.format(
                        java.util.Locale.ROOT,
                        "The file says it lasts %.1f s, but only %.1f s could be decoded.",
                        Seconds.in(stated),
                        Seconds.in(made)));
    }
}
