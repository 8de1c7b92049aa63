package dev.sluice.ffmpeg.probe;

import dev.sluice.media.DecimalSeconds;
import java.time.Duration;
import java.util.Optional;

/** How long a stream lasts by the times of its packets; fed with ffprobe's lines. */
final class PacketDuration {
    private double start = Double.POSITIVE_INFINITY;
    private double end = Double.NEGATIVE_INFINITY;

    void add(String line) {
        FfprobePacket packet = FfprobePacket.of(line);
        if (packet.isDisplayed()) {
            packet.time().map(DecimalSeconds::toSeconds).ifPresent(time -> {
                start = Math.min(start, time);
                end = Math.max(
                        end,
                        time + packet.duration().map(DecimalSeconds::toSeconds).orElse(0.0));
            });
        }
    }

    /** From the first picture's start to the last one's end; empty where no packet has a time. */
    Optional<Duration> duration() {
        return end > start ? Optional.of(DecimalSeconds.fromSeconds(end - start)) : Optional.empty();
    }
}
