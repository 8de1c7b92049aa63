package dev.sluice.pipeline.metrics;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** Counts the runs of one stage in this process. Threads: any. */
public final class RunMetrics implements RunMetricsMXBean {
    private final Map<Event, LongAdder> counters;

    RunMetrics() {
        Map<Event, LongAdder> all = new EnumMap<>(Event.class);
        for (Event event : Event.values()) {
            all.put(event, new LongAdder());
        }
        counters = Collections.unmodifiableMap(all);
    }

    /** What is counted; see {@link RunMetricsMXBean}. */
    public enum Event {
        STARTED,
        FINISHED,
        COMPLETED,
        RETRIED,
        DEFERRED,
        FAILED,
        REQUEUED,
        CANCELLED,
        FENCED,
        CONTENDED,
        DUPLICATE
    }

    public void count(Event event) {
        counter(event).increment();
    }

    private LongAdder counter(Event event) {
        return Objects.requireNonNull(counters.get(event));
    }

    @Override
    public long getRunning() {
        return counter(Event.STARTED).sum() - counter(Event.FINISHED).sum();
    }

    @Override
    public long getStarted() {
        return counter(Event.STARTED).sum();
    }

    @Override
    public long getCompleted() {
        return counter(Event.COMPLETED).sum();
    }

    @Override
    public long getRetried() {
        return counter(Event.RETRIED).sum();
    }

    @Override
    public long getDeferred() {
        return counter(Event.DEFERRED).sum();
    }

    @Override
    public long getFailed() {
        return counter(Event.FAILED).sum();
    }

    @Override
    public long getRequeued() {
        return counter(Event.REQUEUED).sum();
    }

    @Override
    public long getCancelled() {
        return counter(Event.CANCELLED).sum();
    }

    @Override
    public long getFenced() {
        return counter(Event.FENCED).sum();
    }

    @Override
    public long getContended() {
        return counter(Event.CONTENDED).sum();
    }

    @Override
    public long getDuplicates() {
        return counter(Event.DUPLICATE).sum();
    }
}
