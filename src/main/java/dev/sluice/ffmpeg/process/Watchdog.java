package dev.sluice.ffmpeg.process;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Decides when a process has been silent, or has run, for too long. Safe for use from any thread. */
public final class Watchdog {
    private static final Duration FOR_EVER = Duration.ofDays(10_000);

    private final Optional<Duration> withStallTimeout;
    private final Duration total;
    private final Supplier<Optional<OutputActivity.Snapshot>> traces;
    private final LongSupplier nanoClock;
    private final long begun;
    private volatile long since;
    private volatile Optional<OutputActivity.Snapshot> seen = Optional.empty();

    /**
     * Begins to watch.
     *
     * @param stall the longest silence; empty: it may be silent all the time
     * @param total the longest run
     * @param traces what the process may change while it is silent
     */
    Watchdog(
            Optional<Duration> stall,
            Duration total,
            Supplier<Optional<OutputActivity.Snapshot>> traces,
            LongSupplier nanoClock) {
        this.withStallTimeout = stall;
        this.total = total;
        this.traces = traces;
        this.nanoClock = nanoClock;
        this.begun = nanoClock.getAsLong();
        this.since = begun;
    }

    /** Lets a process look at a file for {@code total} in all. */
    public static Watchdog withDeadline(Duration total) {
        return new Watchdog(Optional.empty(), total, Optional::empty, System::nanoTime);
    }

    /** Lets a process run as long as it shows progress at least every {@code stall}. */
    public static Watchdog withStallTimeout(Duration stall) {
        return new Watchdog(Optional.of(stall), FOR_EVER, Optional::empty, System::nanoTime);
    }

    /** Lets a process run as long as it shows progress or writes at least every {@code stall}, for {@code total} in all. */
    public static Watchdog forEncode(Duration stall, Duration total, OutputActivity written) {
        return new Watchdog(Optional.of(stall), total, written::snapshot, System::nanoTime);
    }

    /** The process got on. */
    public void reset() {
        since = nanoClock.getAsLong();
    }

    /**
     * Looks for other signs of life once the process has been silent for half of what it may. Not before: where the files lie
     * on a network, each look makes the kernel send what it would have kept back.
     */
    void poll() {
        boolean quiet = withStallTimeout
                .filter(silence -> nanoClock.getAsLong() - since >= silence.toNanos() / 2)
                .isPresent();
        Optional<OutputActivity.Snapshot> now = quiet ? traces.get() : Optional.empty();
        if (seen.isPresent() && now.isPresent() && !now.equals(seen)) {
            reset();
        }
        seen = now;
    }

    /** What is left of the patience; zero or less when it is over. */
    Duration remaining() {
        Duration inAll = leftInAll();
        return withStallTimeout
                .map(silence -> silence.minusNanos(nanoClock.getAsLong() - since))
                .filter(silence -> silence.compareTo(inAll) < 0)
                .orElse(inAll);
    }

    JobException failure() {
        if (withStallTimeout.isEmpty()) {
            return new JobException(
                    ErrorCode.FFMPEG_STALLED,
                    "FFmpeg took longer than " + total.toSeconds() + " s to look at the file and was stopped.");
        }
        if (leftInAll().compareTo(Duration.ZERO) <= 0) {
            return new JobException(
                    ErrorCode.TIME_EXCEEDED,
                    "The encode took longer than " + total.toSeconds()
                            + " s, the limit (ffmpeg.maxEncodeSeconds), and was stopped.");
        }
        return new JobException(
                ErrorCode.FFMPEG_STALLED,
                "FFmpeg made no progress for " + withStallTimeout.get().toSeconds() + " s and was stopped.");
    }

    private Duration leftInAll() {
        return total.minusNanos(nanoClock.getAsLong() - begun);
    }
}
