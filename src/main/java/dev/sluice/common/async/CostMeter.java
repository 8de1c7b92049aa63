package dev.sluice.common.async;

import dev.sluice.job.Cost;
import java.time.Duration;

/** Adds up the cost of the work of one {@link CancellationToken}. Safe for use from any thread. */
public final class CostMeter {
    private Cost cost = Cost.NONE;
    private long startNanos = System.nanoTime();

    /** Starts at zero again: the next run of a delivery has its own cost. */
    public synchronized void restart() {
        cost = Cost.NONE;
        startNanos = System.nanoTime();
    }

    public synchronized void add(Cost more) {
        cost = cost.plus(more);
    }

    /** The cost since the start. */
    public synchronized Cost total() {
        return cost.withWall(Duration.ofNanos(System.nanoTime() - startNanos));
    }
}
