package dev.sluice.update;

import dev.sluice.job.RunId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Keeps the latest tick of each run until the next flush; what it replaces was never worth sending. */
final class Throttle {
    private final Map<RunId, ProgressTick> latest = new LinkedHashMap<>();

    void add(ProgressTick tick) {
        latest.merge(tick.attempt().run(), tick, (kept, come) -> come.seq() > kept.seq() ? come : kept);
    }

    /** The latest tick of each run, oldest run first; they are forgotten here. */
    List<ProgressTick> take() {
        List<ProgressTick> due = List.copyOf(latest.values());
        latest.clear();
        return due;
    }
}
