package dev.sluice.media;

import java.time.Duration;
import java.util.Optional;

/**
 * Properties of a source, known before it is encoded.
 *
 * @param duration of the video stream; empty if unknown
 * @param times of the video and audio streams
 * @param bytes size of the file
 * @param bitrate of the whole file, in bit/s; 0 if the duration is unknown
 * @param video the first video stream marked as default that is not cover art, else the first
 * @param audio the first audio stream marked as default, else the first
 */
public record MediaInfo(
        Optional<Duration> duration,
        StreamTimes times,
        long bytes,
        long bitrate,
        VideoStream video,
        Optional<AudioStream> audio) {}
