package dev.sluice.pipeline.metrics;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Counts the runs of one stage in this process. Threads: any. */
public final class RunMetrics implements RunMetricsMXBean {
    private final Map<Event, LongAdder> counters = Stream.of(Event.values())
            .collect(Collectors.toUnmodifiableMap(Function.identity(), event -> new LongAdder()));

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
        Objects.requireNonNull(counters.get(event)).increment();
    }

    private long sum(Event event) {
        return Objects.requireNonNull(counters.get(event)).sum();
    }

    @Override
    public long getRunning() {
        return sum(Event.STARTED) - sum(Event.FINISHED);
    }

    @Override
    public long getStarted() {
        return sum(Event.STARTED);
    }

    @Override
    public long getCompleted() {
        return sum(Event.COMPLETED);
    }

    @Override
    public long getRetried() {
        return sum(Event.RETRIED);
    }

    @Override
    public long getDeferred() {
        return sum(Event.DEFERRED);
    }

    @Override
    public long getFailed() {
        return sum(Event.FAILED);
    }

    @Override
    public long getRequeued() {
        return sum(Event.REQUEUED);
    }

    @Override
    public long getCancelled() {
        return sum(Event.CANCELLED);
    }

    @Override
    public long getFenced() {
        return sum(Event.FENCED);
    }

    @Override
    public long getContended() {
        return sum(Event.CONTENDED);
    }

    @Override
    public long getDuplicates() {
        return sum(Event.DUPLICATE);
    }
}
