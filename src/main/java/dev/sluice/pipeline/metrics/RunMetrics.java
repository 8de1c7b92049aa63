package dev.sluice.pipeline.metrics;

import java.util.concurrent.atomic.LongAdder;

/** The figures of one stage in this process; any thread may count. */
public final class RunMetrics implements RunMetricsMXBean {
    final LongAdder started = new LongAdder();
    final LongAdder ended = new LongAdder();
    final LongAdder done = new LongAdder();
    final LongAdder retried = new LongAdder();
    final LongAdder putOff = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder released = new LongAdder();
    final LongAdder cancelled = new LongAdder();
    final LongAdder fenced = new LongAdder();
    public final LongAdder held = new LongAdder();
    public final LongAdder repeated = new LongAdder();

    @Override
    public long getRunning() {
        return started.sum() - ended.sum();
    }

    @Override
    public long getStarted() {
        return started.sum();
    }

    @Override
    public long getDone() {
        return done.sum();
    }

    @Override
    public long getRetried() {
        return retried.sum();
    }

    @Override
    public long getPutOff() {
        return putOff.sum();
    }

    @Override
    public long getFailed() {
        return failed.sum();
    }

    @Override
    public long getReleased() {
        return released.sum();
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
    public long getHeld() {
        return held.sum();
    }

    @Override
    public long getRepeated() {
        return repeated.sum();
    }
}
