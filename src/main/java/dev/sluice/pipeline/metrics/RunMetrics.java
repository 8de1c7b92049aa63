package dev.sluice.pipeline.metrics;

import java.util.concurrent.atomic.LongAdder;

/** The figures of one stage in this process; any thread may count. */
public final class RunMetrics implements RunMetricsMXBean {
    final LongAdder started = new LongAdder();
    final LongAdder ended = new LongAdder();
    final LongAdder done = new LongAdder();
    final LongAdder retried = new LongAdder();
    final LongAdder deferred = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder requeued = new LongAdder();
    final LongAdder cancelled = new LongAdder();
    final LongAdder fenced = new LongAdder();
    public final LongAdder contended = new LongAdder();
    public final LongAdder duplicates = new LongAdder();

    @Override
    public long getRunning() {
        return started.sum() - ended.sum();
    }

    @Override
    public long getStarted() {
        return started.sum();
    }

    @Override
    public long getCompleted() {
        return done.sum();
    }

    @Override
    public long getRetried() {
        return retried.sum();
    }

    @Override
    public long getDeferred() {
        return deferred.sum();
    }

    @Override
    public long getFailed() {
        return failed.sum();
    }

    @Override
    public long getRequeued() {
        return requeued.sum();
    }

    @Override
    public long getCancelled() {
        return cancelled.sum();
    }

    @Override
    public long getFenced() {
        return fenced.sum();
    }

    @Override
    public long getContended() {
        return contended.sum();
    }

    @Override
    public long getDuplicates() {
        return duplicates.sum();
    }
}
