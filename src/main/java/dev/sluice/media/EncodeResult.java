package dev.sluice.media;

import java.util.List;

/**
 * What was made of a source.
 *
 * @param renditions smallest first
 * @param thumbnails in the order of time; at least one
 * @param warnings sentences about what was wrong with the source, though something could be made of it
 */
public record EncodeResult(List<RenditionFile> renditions, List<ThumbnailFile> thumbnails, List<String> warnings) {
    public EncodeResult {
        renditions = List.copyOf(renditions);
        thumbnails = List.copyOf(thumbnails);
        warnings = List.copyOf(warnings);
    }
}
