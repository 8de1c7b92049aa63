package dev.sluice.ffmpeg.process;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Detects a stalled process or an exceeded deadline. Thread-safe. */
public final class Watchdog {
    private static final Duration UNLIMITED = Duration.ofDays(10_000);

    private final Optional<Duration> stallTimeout;
    private final Duration deadline;
    private final Supplier<Optional<OutputActivity.Snapshot>> activity;
    private final LongSupplier nanoClock;
    private final long startNanos;
    private volatile long lastProgressNanos;
    private volatile Optional<OutputActivity.Snapshot> lastSnapshot = Optional.empty();

    /**
     * Starts the timers.
     *
     * @param stallTimeout maximum time without progress; empty: unlimited
     * @param deadline maximum duration of the run
     * @param activity of a process that reports no progress
     */
    Watchdog(
            Optional<Duration> stallTimeout,
            Duration deadline,
            Supplier<Optional<OutputActivity.Snapshot>> activity,
            LongSupplier nanoClock) {
        this.stallTimeout = stallTimeout;
        this.deadline = deadline;
        this.activity = activity;
        this.nanoClock = nanoClock;
        this.startNanos = nanoClock.getAsLong();
        this.lastProgressNanos = startNanos;
    }

    /** Limits the duration of a run. */
    public static Watchdog withDeadline(Duration deadline) {
        return new Watchdog(Optional.empty(), deadline, Optional::empty, System::nanoTime);
    }

    /** Limits the time without progress. */
    public static Watchdog withStallTimeout(Duration stallTimeout) {
        return new Watchdog(Optional.of(stallTimeout), UNLIMITED, Optional::empty, System::nanoTime);
    }

    /** Limits the time without progress and without writes, and the duration of the run. */
    public static Watchdog forEncode(Duration stallTimeout, Duration deadline, OutputActivity output) {
        return new Watchdog(Optional.of(stallTimeout), deadline, output::snapshot, System::nanoTime);
    }

    /** Records progress. */
    public void reset() {
        lastProgressNanos = nanoClock.getAsLong();
    }

    /**
     * Checks for writes, but only after half of the stall timeout without progress: with files on a network file system, each
     * check makes the kernel flush data early.
     */
    void poll() {
        boolean isQuiet = stallTimeout
                .filter(timeout -> nanoClock.getAsLong() - lastProgressNanos >= timeout.toNanos() / 2)
                .isPresent();
        Optional<OutputActivity.Snapshot> now = isQuiet ? activity.get() : Optional.empty();
        if (lastSnapshot.isPresent() && now.isPresent() && !now.equals(lastSnapshot)) {
            reset();
        }
        lastSnapshot = now;
    }

    /** Time until the first limit; zero or negative if it is exceeded. */
    Duration remaining() {
        Duration toDeadline = untilDeadline();
        return stallTimeout
                .map(timeout -> timeout.minusNanos(nanoClock.getAsLong() - lastProgressNanos))
                .filter(timeout -> timeout.compareTo(toDeadline) < 0)
                .orElse(toDeadline);
    }

    JobException failure() {
        if (stallTimeout.isEmpty()) {
            return new JobException(
                    ErrorCode.FFMPEG_STALLED,
                    "Reading the file took longer than " + deadline.toSeconds() + " s; FFmpeg was stopped.");
        }
        if (untilDeadline().compareTo(Duration.ZERO) <= 0) {
            return new JobException(
                    ErrorCode.TIME_EXCEEDED,
                    "The encode exceeded the limit of " + deadline.toSeconds()
                            + " s (ffmpeg.maxEncodeSeconds) and was stopped.");
        }
        return new JobException(
                ErrorCode.FFMPEG_STALLED,
                "FFmpeg made no progress for " + stallTimeout.get().toSeconds() + " s and was stopped.");
    }

    private Duration untilDeadline() {
        return deadline.minusNanos(nanoClock.getAsLong() - startNanos);
    }
}
