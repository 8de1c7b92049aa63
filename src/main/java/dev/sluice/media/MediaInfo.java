package dev.sluice.media;

import dev.sluice.media.text.TextSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Properties of a source, known before it is encoded.
 *
 * @param duration of the video stream; empty if unknown
 * @param times of the video and audio streams
 * @param bytes size of the file
 * @param bitrate of the whole file, in bit/s; 0 if the duration is unknown
 * @param audio empty if the file has none that can be decoded
 * @param text subtitles and chapters, with the times of the renditions
 * @param warnings about streams and properties that were replaced or omitted, one sentence each
 * @param unusedDecoders FFmpeg's names of decoders that are not allowed, of streams that are not used
 */
public record MediaInfo(
        Optional<Duration> duration,
        StreamTimes times,
        long bytes,
        long bitrate,
        VideoStream video,
        Optional<AudioStream> audio,
        TextSource text,
        List<String> warnings,
        Set<String> unusedDecoders) {
    public MediaInfo {
        unusedDecoders = Set.copyOf(unusedDecoders);
        warnings = List.copyOf(warnings);
    }
}
