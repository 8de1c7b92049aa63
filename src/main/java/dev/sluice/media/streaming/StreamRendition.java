package dev.sluice.media.streaming;

/**
 * A rendition as playlists name it.
 *
 * @param quality such as {@code 720p}
 * @param uri of its file, relative to the playlists
 */
public record StreamRendition(String quality, String uri, StreamFile file) {
    /** The type of the sample entry, such as {@code avc1}. */
    String videoFormat() {
        String codec = file.video().codec();
        return codec.substring(0, codec.indexOf('.'));
    }

    /** Whether the video has the closed captions of the source, if there are some: they are passed on in H.264 only. */
    boolean hasCaptions() {
        return videoFormat().equals("avc1");
    }
}
