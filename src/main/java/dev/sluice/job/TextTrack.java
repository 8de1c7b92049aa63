package dev.sluice.job;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Properties of a text track for viewers.
 *
 * @param language BCP 47; empty if unknown
 * @param label one line for menus; not empty
 * @param isDefault whether players show it unless a viewer selects another one
 * @param isForced whether it translates only what viewers of the audio's language need, such as signs
 */
public record TextTrack(Kind kind, Optional<String> language, String label, boolean isDefault, boolean isForced) {
    /** The chapters of a video. */
    public static final TextTrack CHAPTERS = new TextTrack(Kind.CHAPTERS, Optional.empty(), "Chapters", false, false);

    /** The use of a track, as in the attribute {@code kind} of HTML's element {@code track}. */
    public enum Kind {
        SUBTITLES,
        CAPTIONS,
        CHAPTERS;

        /** The name in messages. */
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The kind with this name in messages. */
        public static Optional<Kind> of(String wire) {
            return Stream.of(values()).filter(kind -> kind.wire().equals(wire)).findFirst();
        }
    }
}
