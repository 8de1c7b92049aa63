package dev.sluice.faults;

import dev.sluice.endtoend.GrowingStreamCheck;
import dev.sluice.faults.Violation.Invariant;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Checks the streams of videos that are being encoded every 100 ms, until the first violation. */
final class GrowingStreamWatcher implements AutoCloseable {
    private static final long INTERVAL_MILLIS = 100;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final GrowingStreamCheck check;
    private final ScheduledFuture<?> checks;

    /** @param streams directory with the streams of all media items */
    GrowingStreamWatcher(Path streams) {
        check = new GrowingStreamCheck(streams);
        checks = timer.scheduleWithFixedDelay(this::check, 0, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void check() {
        try {
            check.check();
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }

    /** Ends the checks. */
    List<Violation> violations() throws InterruptedException {
        timer.shutdown();
        timer.awaitTermination(1, TimeUnit.MINUTES);
        try {
            if (!checks.isCancelled()) {
                checks.get();
            }
            return List.of();
        } catch (ExecutionException violation) {
            return List.of(new Violation(
                    Invariant.STREAMS_ONLY_GROW, "growing streams", String.valueOf(violation.getCause())));
        }
    }

    /** Counts of what was checked. */
    String summary() {
        return check.summary();
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
