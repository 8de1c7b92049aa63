package dev.sluice.ffmpeg.probe;

import dev.sluice.media.DecimalSeconds;
import java.time.Duration;
import java.util.Optional;

/**
 * A packet as ffprobe tells of it, {@code pts_time,duration_time,flags}.
 *
 * @param time when it is shown
 * @param lasts how long
 * @param isShown whether it is shown at all: an edit list can hide what has to be decoded for what follows
 */
record FfprobePacket(Optional<Duration> time, Optional<Duration> duration, boolean isDisplayed) {
    /** What ffprobe is asked for. */
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
