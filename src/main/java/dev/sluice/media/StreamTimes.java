package dev.sluice.media;

import java.time.Duration;
import java.util.Optional;

/**
 * Times at which the encoded streams of a source begin and end. Starts and ends are relative to {@code origin}, as in the
 * outputs; empty if not stated.
 *
 * @param origin timestamp in the file that is zero in the outputs
 * @param audioEnd empty also if the container states the duration of the whole file for each stream
 */
public record StreamTimes(
        Duration origin, Optional<Duration> videoStart, Optional<Duration> audioStart, Optional<Duration> audioEnd) {
    /** Distance from the start of the video to the start of the audio; negative if the audio starts earlier. */
    public Optional<Duration> audioOffset() {
        return audioStart.flatMap(audio -> videoStart.map(audio::minus));
    }

    public Optional<Duration> audioDuration() {
        return audioEnd.flatMap(end -> audioStart.map(end::minus));
    }
}
