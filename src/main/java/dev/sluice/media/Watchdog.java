package dev.sluice.media;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobFailure;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Decides when a process has been silent, or has run, for too long. Safe for use from any thread. */
final class Watchdog {
    private static final Duration FOR_EVER = Duration.ofDays(10_000);

    private final Optional<Duration> stall;
    private final Duration total;
    private final LongSupplier nanoClock;
    private final long begun;
    private volatile long since;

    /**
     * Begins to watch.
     *
     * @param stall the longest silence; empty: it may be silent all the time
     * @param total the longest run
     */
    Watchdog(Optional<Duration> stall, Duration total, LongSupplier nanoClock) {
        this.stall = stall;
        this.total = total;
        this.nanoClock = nanoClock;
        this.begun = nanoClock.getAsLong();
        this.since = begun;
    }

    /** Lets a process look at a file for {@code total} in all. */
    static Watchdog deadline(Duration total) {
        return new Watchdog(Optional.empty(), total, System::nanoTime);
    }

    /** Lets a process run as long as it shows progress at least every {@code stall}. */
    static Watchdog stall(Duration stall) {
        return encode(stall, FOR_EVER);
    }

    /** Lets a process run as long as it shows progress at least every {@code stall}, for {@code total} in all. */
    static Watchdog encode(Duration stall, Duration total) {
        return new Watchdog(Optional.of(stall), total, System::nanoTime);
    }

    /** The process got on. */
    void progressed() {
        since = nanoClock.getAsLong();
    }

    /** What is left of the patience; zero or less when it is over. */
    Duration left() {
        Duration inAll = leftInAll();
        return stall.map(silence -> silence.minusNanos(nanoClock.getAsLong() - since))
                .filter(silence -> silence.compareTo(inAll) < 0)
                .orElse(inAll);
    }

    JobFailure failure() {
        if (stall.isEmpty()) {
            return new JobFailure(
                    ErrorCode.FFMPEG_STALLED,
                    "FFmpeg took longer than " + total.toSeconds() + " s to look at the file and was stopped.");
        }
        if (leftInAll().compareTo(Duration.ZERO) <= 0) {
            return new JobFailure(
                    ErrorCode.TIME_EXCEEDED,
                    "The encode took longer than " + total.toSeconds()
                            + " s, the limit (ffmpeg.maxEncodeSeconds), and was stopped.");
        }
        return new JobFailure(
                ErrorCode.FFMPEG_STALLED,
                "FFmpeg made no progress for " + stall.get().toSeconds() + " s and was stopped.");
    }

    private Duration leftInAll() {
        return total.minusNanos(nanoClock.getAsLong() - begun);
    }
}
