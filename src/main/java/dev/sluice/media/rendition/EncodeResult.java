package dev.sluice.media.rendition;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import java.util.ArrayList;
import java.util.Collections;
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

    /** @param largestFirst the renditions as a ladder has them */
    public static EncodeResult of(
            List<RenditionFile> largestFirst, List<ThumbnailFile> thumbnails, List<String> warnings) {
        if (thumbnails.isEmpty()) {
            throw new JobException(ErrorCode.OUTPUT_INVALID, "The encode made no thumbnail.");
        }
        List<RenditionFile> smallestFirst = new ArrayList<>(largestFirst);
        Collections.reverse(smallestFirst);
        return new EncodeResult(smallestFirst, thumbnails, warnings);
    }
}
