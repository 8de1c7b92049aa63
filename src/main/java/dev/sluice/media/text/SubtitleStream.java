package dev.sluice.media.text;

import dev.sluice.common.text.TextSanitizer;
import dev.sluice.job.TextTrack;
import java.util.Optional;
import java.util.Set;

/**
 * A subtitle stream of a source.
 *
 * @param index of the stream in the file
 * @param codec FFmpeg's name, {@code subrip}
 * @param language as the file states it
 * @param title one line; may be empty
 * @param isForHearingImpaired whether it also describes sounds
 */
public record SubtitleStream(
        int index,
        String codec,
        String language,
        String title,
        boolean isDefault,
        boolean isForced,
        boolean isForHearingImpaired) {
    private static final Set<String> TEXT_CODECS =
            Set.of("subrip", "srt", "ass", "ssa", "mov_text", "webvtt", "text", "eia_608");

    private static final int MAX_LABEL_LENGTH = 80;

    /** Whether it consists of text; others are images, or have codecs that are not supported. */
    public boolean isText() {
        return TEXT_CODECS.contains(codec);
    }

    /** Whether FFmpeg writes hard spaces as <code>\h</code> in WebVTT. */
    public boolean hasHardSpaces() {
        return codec.equals("ass") || codec.equals("ssa") || codec.equals("eia_608");
    }

    /**
     * The properties of its track.
     *
     * @param number of the track, from 0
     */
    public TextTrack track(int number) {
        Optional<String> tag = LanguageTag.of(language);
        String label = TextSanitizer.singleLine(title, MAX_LABEL_LENGTH).strip();
        TextTrack.Kind kind =
                isForHearingImpaired || codec.equals("eia_608") ? TextTrack.Kind.CAPTIONS : TextTrack.Kind.SUBTITLES;
        return new TextTrack(
                kind,
                tag,
                label.isEmpty() ? tag.map(LanguageTag::name).orElse("Subtitles " + (number + 1)) : label,
                isDefault,
                isForced);
    }
}
