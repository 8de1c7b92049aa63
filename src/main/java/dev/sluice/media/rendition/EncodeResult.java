package dev.sluice.media.rendition;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.Loudness;
import dev.sluice.media.preview.Previews;
import dev.sluice.media.streaming.StreamFile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Outputs of an encode.
 *
 * @param renditions smallest first
 * @param thumbnails by timestamp; at least one
 * @param warnings sentences about errors in the source
 * @param loudness of the audio; empty without audio, for silence, and if it could not be measured
 */
public record EncodeResult(
        List<RenditionFile> renditions,
        List<ThumbnailFile> thumbnails,
        List<String> warnings,
        Optional<Loudness> loudness,
        Previews previews) {
    public EncodeResult {
        renditions = List.copyOf(renditions);
        thumbnails = List.copyOf(thumbnails);
        warnings = List.copyOf(warnings);
    }

    /**
     * Creates the result of an encode.
     *
     * @param largestFirst the renditions in the order of the ladder
     */
    public static EncodeResult of(
            List<RenditionFile> largestFirst, List<ThumbnailFile> thumbnails, List<String> warnings) {
        if (thumbnails.isEmpty()) {
            throw new JobException(ErrorCode.OUTPUT_INVALID, "The encode produced no thumbnail.");
        }
        List<RenditionFile> smallestFirst = new ArrayList<>(largestFirst);
        Collections.reverse(smallestFirst);
        return new EncodeResult(smallestFirst, thumbnails, warnings, Optional.empty(), Previews.NONE);
    }

    /** With these warnings first. */
    public EncodeResult withWarnings(List<String> first) {
        return new EncodeResult(
                renditions,
                thumbnails,
                Stream.concat(first.stream(), warnings.stream()).toList(),
                loudness,
                previews);
    }

    /**
     * With the segments of hybrid files.
     *
     * @param largestFirst of all renditions in the order of the ladder; empty if streaming is off
     */
    public EncodeResult withStreams(List<StreamFile> largestFirst) {
        if (largestFirst.isEmpty()) {
            return this;
        }
        int last = renditions.size() - 1;
        return new EncodeResult(
                IntStream.rangeClosed(0, last)
                        .mapToObj(i -> renditions.get(i).withStream(largestFirst.get(last - i)))
                        .toList(),
                thumbnails,
                warnings,
                loudness,
                previews);
    }

    /** With the measured loudness of the audio. */
    public EncodeResult withLoudness(Optional<Loudness> measured) {
        return new EncodeResult(renditions, thumbnails, warnings, measured, previews);
    }

    /** With poster, storyboard and preview clip. */
    public EncodeResult withPreviews(Previews made) {
        return new EncodeResult(renditions, thumbnails, warnings, loudness, made);
    }
}
