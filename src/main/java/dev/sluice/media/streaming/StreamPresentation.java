package dev.sluice.media.streaming;

import dev.sluice.job.VariantAttributes;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The renditions of a video and their common audio: that of the first rendition, because only its file is needed for any quality
 * then. The audio in the other files is for players of plain MP4.
 *
 * @param renditions smallest first; at least one
 */
record StreamPresentation(List<StreamRendition> renditions) {
    StreamPresentation {
        renditions = List.copyOf(renditions);
    }

    StreamRendition audioRendition() {
        return renditions.get(0);
    }

    Optional<FragmentedStream> audio() {
        return audioRendition().file().audio();
    }

    /** Target duration of all media playlists, seconds; RFC 8216bis requires the same for all. */
    long targetSeconds() {
        return Stream.concat(renditions.stream().map(each -> each.file().video()), audio().stream())
                .mapToLong(stream -> targetSeconds(stream.segments(), stream.timescale()))
                .max()
                .orElse(1);
    }

    /** The longest segment, rounded to seconds; at least one. */
    static long targetSeconds(List<StreamSegment> segments, long timescale) {
        return segments.stream()
                .mapToLong(segment -> Math.round((double) segment.duration() / timescale))
                .reduce(1, Math::max);
    }

    Bandwidth audioBandwidth() {
        return audio().map(stream -> Bandwidth.of(stream.segments(), stream.timescale(), targetSeconds()))
                .orElse(Bandwidth.NONE);
    }

    Bandwidth videoBandwidth(StreamRendition rendition) {
        FragmentedStream video = rendition.file().video();
        return Bandwidth.of(video.segments(), video.timescale(), targetSeconds());
    }

    /** What the multivariant playlist states about a rendition, with the common audio. */
    VariantAttributes attributes(StreamRendition rendition) {
        Bandwidth bandwidth = videoBandwidth(rendition).plus(audioBandwidth());
        return new VariantAttributes(
                bandwidth.peak(),
                bandwidth.average(),
                rendition.file().video().codec()
                        + audio().map(stream -> "," + stream.codec()).orElse(""),
                frameRate(rendition));
    }

    /** The highest frame rate of a segment of at least half the target duration, else of the video, frames per second. */
    double frameRate(StreamRendition rendition) {
        FragmentedStream video = rendition.file().video();
        double timescale = video.timescale();
        long frames =
                video.segments().stream().mapToLong(StreamSegment::samples).sum();
        long ticks =
                video.segments().stream().mapToLong(StreamSegment::duration).sum();
        return video.segments().stream()
                .filter(segment -> 2 * segment.duration() >= targetSeconds() * video.timescale())
                .mapToDouble(segment -> segment.samples() * timescale / segment.duration())
                .max()
                .orElse(frames * timescale / Math.max(1, ticks));
    }
}
