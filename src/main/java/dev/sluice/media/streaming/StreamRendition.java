package dev.sluice.media.streaming;

/**
 * A rendition as playlists name it.
 *
 * @param quality such as {@code 720p}
 * @param uri of its file, relative to the playlists
 */
public record StreamRendition(String quality, String uri, StreamFile file) {}
