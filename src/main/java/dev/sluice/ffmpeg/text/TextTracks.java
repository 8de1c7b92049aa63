package dev.sluice.ffmpeg.text;

import dev.sluice.job.TextTrack;
import dev.sluice.media.text.ClosedCaptions;
import dev.sluice.media.text.TextTrackFile;
import java.util.List;

/**
 * Text tracks of a video.
 *
 * @param tracks of the streams of the source, and chapters
 * @param captionTracks of the closed captions, which playlists name as a part of the video
 * @param warnings about what is left out, one sentence each
 * @param captions in the frames of the renditions
 */
public record TextTracks(
        List<TextTrackFile> tracks, List<TextTrackFile> captionTracks, List<String> warnings, ClosedCaptions captions) {
    public TextTracks {
        tracks = List.copyOf(tracks);
        captionTracks = List.copyOf(captionTracks);
        warnings = List.copyOf(warnings);
    }

    /** Neither tracks nor warnings. */
    public static final TextTracks NONE = new TextTracks(List.of(), List.of(), List.of(), ClosedCaptions.UNKNOWN);

    /** The tracks of subtitle streams, which are numbered in their order. */
    public List<TextTrackFile> subtitles() {
        return tracks.stream()
                .filter(file -> file.track().kind() != TextTrack.Kind.CHAPTERS)
                .toList();
    }
}
