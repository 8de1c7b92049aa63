package dev.sluice.ffmpeg.probe;

import dev.sluice.media.DecimalSeconds;
import java.time.Duration;
import java.util.Optional;

/**
 * A packet as printed by ffprobe: {@code pts_time,duration_time,flags}.
 *
 * @param time presentation timestamp
 * @param isDisplayed false if an edit list hides it; it is only decoded for the packets that follow
 */
record FfprobePacket(Optional<Duration> time, Optional<Duration> duration, boolean isDisplayed) {
    /** The entries that ffprobe prints. */
    static final String ENTRIES = "packet=pts_time,duration_time,flags";

    private static final String DISCARD = "D";

    static FfprobePacket of(String line) {
        String[] fields = line.split(",", -1);
        return new FfprobePacket(
                DecimalSeconds.parse(fields[0]),
                fields.length > 1 ? DecimalSeconds.parse(fields[1]) : Optional.empty(),
                fields.length <= 2 || !fields[2].contains(DISCARD));
    }
}
