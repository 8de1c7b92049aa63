package dev.sluice.objectstore;

import java.util.Optional;
import java.util.Set;

/**
 * Cache-Control header of published objects. Playlists and the index of a storyboard name files that a later job for the same media
 * item replaces, and text tracks have the times of these files, so caches must revalidate them. Other objects have no header.
 */
public final class CachePolicy {
    private static final Set<String> REVALIDATED =
            Set.of("application/vnd.apple.mpegurl", "application/dash+xml", "text/vtt");

    private CachePolicy() {}

    /** The header for objects of a content type. */
    public static Optional<String> of(String contentType) {
        return REVALIDATED.contains(contentType) ? Optional.of("no-cache") : Optional.empty();
    }
}
