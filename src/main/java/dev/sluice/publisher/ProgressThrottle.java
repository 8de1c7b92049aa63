package dev.sluice.publisher;

import dev.sluice.job.JobId;
import dev.sluice.job.RunId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Keeps the latest tick of each run until the next flush, or until its job may be told of again; what it replaces was never worth
 * sending.
 */
final class ProgressThrottle {
    private final LongSupplier nanoTime;
    private final Map<RunId, ProgressEvent> latest = new LinkedHashMap<>();
    private final Map<JobId, Long> suppressedUntil = new HashMap<>();

    ProgressThrottle(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    void add(ProgressEvent event) {
        latest.merge(event.attempt().run(), event, (kept, come) -> come.seq() > kept.seq() ? come : kept);
    }

    /** The latest tick of each run that may be sent now, oldest run first; they are forgotten here. */
    List<ProgressEvent> takeDue() {
        long now = nanoTime.getAsLong();
        suppressedUntil.values().removeIf(until -> until - now <= 0);
        List<ProgressEvent> due = latest.values().stream()
                .filter(event -> !suppressedUntil.containsKey(job(event)))
                .toList();
        for (ProgressEvent event : due) {
            latest.remove(event.attempt().run());
            if (!event.interval().isZero()) {
                suppressedUntil.put(job(event), now + event.interval().toNanos());
            }
        }
        return due;
    }

    private static JobId job(ProgressEvent event) {
        return event.attempt().run().job();
    }
}
