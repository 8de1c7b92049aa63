package dev.sluice.media.streaming;

/**
 * A text file that players load.
 *
 * @param name without directory
 */
public record Playlist(String name, String contentType, String text) {
    /** Name of the HLS multivariant playlist. */
    public static final String MASTER = "master.m3u8";
    /** Name of the DASH manifest. */
    public static final String MANIFEST = "manifest.mpd";

    /** Media type of HLS playlists (RFC 8216). */
    public static final String HLS_TYPE = "application/vnd.apple.mpegurl";
    /** Media type of DASH manifests (ISO/IEC 23009-1). */
    public static final String DASH_TYPE = "application/dash+xml";
}
