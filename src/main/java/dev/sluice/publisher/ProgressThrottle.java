package dev.sluice.publisher;

import dev.sluice.job.JobId;
import dev.sluice.job.RunId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** Keeps the latest progress of each run until the next flush, or until the minimum interval of its job has passed. */
final class ProgressThrottle {
    private final LongSupplier nanoTime;
    private final Map<RunId, ProgressEvent> latest = new LinkedHashMap<>();
    private final Map<JobId, Long> suppressedUntil = new HashMap<>();

    ProgressThrottle(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    void add(ProgressEvent event) {
        latest.merge(event.attempt().run(), event, (kept, added) -> added.seq() > kept.seq() ? added : kept);
    }

    /** Removes the progress of a run. */
    void discard(RunId run) {
        latest.remove(run);
    }

    /** Removes and returns the latest progress of each run that may be published now, in the order of insertion. */
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
