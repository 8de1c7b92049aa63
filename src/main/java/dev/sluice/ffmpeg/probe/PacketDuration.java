package dev.sluice.ffmpeg.probe;

import dev.sluice.media.DecimalSeconds;
import java.time.Duration;
import java.util.Optional;

/** Computes the duration of a stream from the packets that ffprobe prints. */
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

    /** From the start of the first packet to the end of the last; empty if no packet has a timestamp. */
    Optional<Duration> duration() {
        return end > start ? Optional.of(DecimalSeconds.fromSeconds(end - start)) : Optional.empty();
    }
}
