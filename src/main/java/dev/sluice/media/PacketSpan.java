package dev.sluice.media;

import java.time.Duration;
import java.util.Optional;

/** How long a stream lasts by the times of its packets; fed with ffprobe's lines {@code pts_time,duration_time}. */
final class PacketSpan {
    private double start = Double.POSITIVE_INFINITY;
    private double end = Double.NEGATIVE_INFINITY;

    void add(String line) {
        String[] fields = line.split(",", -1);
        Seconds.parse(fields[0]).map(Seconds::in).ifPresent(time -> {
            double lasts = fields.length > 1
                    ? Seconds.parse(fields[1]).map(Seconds::in).orElse(0.0)
                    : 0;
            start = Math.min(start, time);
            end = Math.max(end, time + lasts);
        });
    }

    /** From the first picture's start to the last one's end; empty where no packet has a time. */
    Optional<Duration> length() {
        return end > start ? Optional.of(Seconds.of(end - start)) : Optional.empty();
    }
}
