package dev.sluice.media;

import java.time.Duration;
import java.util.Optional;

/**
 * Times at which the encoded streams of a source begin and end. Starts and ends are relative to {@code origin}, as in the
 * outputs; empty if not stated.
 *
 * @param origin timestamp in the file that is zero in the outputs
 */
public record StreamTimes(
        Duration origin, Optional<Duration> videoStart, Optional<Duration> audioStart, Optional<Duration> audioEnd) {}
