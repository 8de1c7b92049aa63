package dev.sluice.ffmpeg.process;

import dev.sluice.media.DecimalSeconds;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;

/** Parses the output of FFmpeg's {@code -progress}: blocks of lines {@code key=value}. Performs no I/O. */
public final class ProgressParser {
    private long frames;
    private Duration outputTime = Duration.ZERO;
    private boolean ended;

    /** Parses the next line; returns whether it reports progress. */
    public boolean accept(String line) {
        int equals = line.indexOf('=');
        if (equals < 0) {
            return false;
        }
        String value = line.substring(equals + 1).strip();
        switch (line.substring(0, equals)) {
            case "frame" -> {
                long before = frames;
                frames = number(value).orElse(frames);
                return frames > before;
            }
            case "out_time_us" -> {
                Duration before = outputTime;
                outputTime = number(value)
                        .map(micros -> Duration.ofNanos(micros * 1000))
                        .orElse(outputTime);
                return outputTime.compareTo(before) > 0;
            }
            case "progress" -> {
                ended = value.equals("end");
                return ended;
            }
            default -> {
                return false;
            }
        }
    }

    private static Optional<Long> number(String value) {
        try {
            return Optional.of(Long.parseLong(value));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Completed fraction of a source of this duration, 0 to 1; empty if the duration is unknown. */
    public OptionalDouble fraction(Optional<Duration> length) {
        return fraction(Duration.ZERO, length.orElse(Duration.ZERO));
    }

    /** Completed fraction of a part of a source with timestamps from {@code start}. */
    public OptionalDouble fraction(Duration start, Duration length) {
        if (ended) {
            return OptionalDouble.of(1);
        }
        return length.isZero()
                ? OptionalDouble.empty()
                : OptionalDouble.of(Math.min(
                        1,
                        Math.max(
                                0,
                                DecimalSeconds.toSeconds(outputTime.minus(start)) / DecimalSeconds.toSeconds(length))));
    }

    /** Encoded frames of the first rendition. */
    public long frames() {
        return frames;
    }

    public Duration outputTime() {
        return outputTime;
    }
}
