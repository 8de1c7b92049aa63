package dev.sluice.media;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobFailure;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Decides when a process has been silent, or has run, for too long. Safe for use from any thread. */
final class Watchdog {
    private final Duration limit;
    private final boolean startsOver;
    private final LongSupplier nanoClock;
    private volatile long since;

    Watchdog(Duration limit, boolean startsOver, LongSupplier nanoClock) {
        this.limit = limit;
        this.startsOver = startsOver;
        this.nanoClock = nanoClock;
        this.since = nanoClock.getAsLong();
    }

    /** Lets a process run for {@code limit} in all. */
    static Watchdog deadline(Duration limit) {
        return new Watchdog(limit, false, System::nanoTime);
    }

    /** Lets a process run as long as it shows progress at least every {@code limit}. */
    static Watchdog stall(Duration limit) {
        return new Watchdog(limit, true, System::nanoTime);
    }

    /** The process got on. */
    void progressed() {
        if (startsOver) {
            since = nanoClock.getAsLong();
        }
    }

    /** What is left of the patience; zero or less when it is over. */
    Duration left() {
        return limit.minusNanos(nanoClock.getAsLong() - since);
    }

    JobFailure failure() {
        return new JobFailure(
                ErrorCode.FFMPEG_STALLED,
                startsOver
                        ? "FFmpeg made no progress for " + limit.toSeconds() + " s and was stopped."
                        : "FFmpeg took longer than " + limit.toSeconds() + " s to look at the file and was stopped.");
    }
}
