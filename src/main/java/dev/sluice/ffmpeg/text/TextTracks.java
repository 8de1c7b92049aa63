package dev.sluice.ffmpeg.text;

import dev.sluice.media.text.TextTrackFile;
import java.util.List;

/**
 * Text tracks of a source.
 *
 * @param warnings about streams that are left out, one sentence each
 */
public record TextTracks(List<TextTrackFile> tracks, List<String> warnings) {
    public TextTracks {
        tracks = List.copyOf(tracks);
        warnings = List.copyOf(warnings);
    }

    /** Neither tracks nor warnings. */
    public static final TextTracks NONE = new TextTracks(List.of(), List.of());
}
