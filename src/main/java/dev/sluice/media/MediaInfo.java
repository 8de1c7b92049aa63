package dev.sluice.media;

import java.time.Duration;
import java.util.Optional;

/**
 * What is known of a source before it is encoded.
 *
 * @param container FFmpeg's name of the format, {@code mov,mp4,m4a,3gp,3g2,mj2}
 * @param duration how long the picture lasts; empty where it can't be told
 * @param begin when the picture begins, counted from the beginning of the file; empty where the file does not say
 * @param bytes size of the file
 * @param bitrate bit/s of the whole file; 0 where the duration is not known
 * @param video the chosen video stream: the first with the default mark that is no cover art, else the first
 * @param audio the chosen audio stream: the first with the default mark, else the first
 * @param streams all streams in the file
 */
public record MediaInfo(
        String container,
        Optional<Duration> duration,
        Optional<Duration> startTime,
        long bytes,
        long bitrate,
        VideoStream video,
        Optional<AudioStream> audio,
        int streams,
        int videoStreams,
        int audioStreams) {}
