package dev.sluice.ffmpeg.process;

import dev.sluice.media.DecimalSeconds;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;

/** Reads what FFmpeg writes with {@code -progress}: lines {@code key=value}, a block of them at a time. No I/O. */
public final class ProgressParser {
    private long frames;
    private Duration outputTime = Duration.ZERO;
    private boolean ended;

    /** Takes the next line; answers whether the work got on. */
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

    /** How much of a source of this length is done, 0 to 1; empty as long as nothing is known. */
    public OptionalDouble fraction(Optional<Duration> length) {
        return fraction(Duration.ZERO, length.orElse(Duration.ZERO));
    }

    /** How much of a part of a source is done whose times begin at {@code from}. */
    public OptionalDouble fraction(Duration from, Duration length) {
        if (ended) {
            return OptionalDouble.of(1);
        }
        return length.isZero()
                ? OptionalDouble.empty()
                : OptionalDouble.of(Math.min(
                        1,
                        Math.max(
                                0,
                                DecimalSeconds.toSeconds(outputTime.minus(from)) / DecimalSeconds.toSeconds(length))));
    }

    /** Frames of the first rendition so far. */
    public long frames() {
        return frames;
    }

    public Duration outputTime() {
        return outputTime;
    }
}
