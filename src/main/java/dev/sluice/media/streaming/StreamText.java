package dev.sluice.media.streaming;

import dev.sluice.job.TextTrack;

/**
 * Subtitles or captions as playlists name them.
 *
 * @param name of its WebVTT file, in the directory of the playlists
 */
public record StreamText(TextTrack track, String name) {
    /** Whether this is the name of a media playlist of subtitles or captions. */
    public static boolean isPlaylist(String name) {
        return name.startsWith("text_");
    }

    /** File name of the media playlist. */
    String playlistName() {
        return name.replace(".vtt", ".m3u8");
    }
}
