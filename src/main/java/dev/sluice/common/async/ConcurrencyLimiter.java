package dev.sluice.common.async;

import dev.sluice.job.JobException;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/**
 * How much is worked on at once. The broker's prefetch alone does not hold that: a channel that is lost while work goes on
 * leaves the work its slots, and the next channel brings as much again. What comes then waits here for its turn.
 */
public final class ConcurrencyLimiter<T> {
    private final int count;
    private final Predicate<T> isObsolete;
    private final BiFunction<T, CancellationToken, Future<Void>> work;
    private final Executor owner;
    private final Queue<T> waiting = new ArrayDeque<>();
    private final Map<Future<Void>, CancellationToken> active = new HashMap<>();

    /**
     * Slots with nothing in them.
     *
     * @param count 1 or more
     * @param gone whether what waits is not worth beginning any more, because its channel is lost and it comes again
     * @param work sees one through; its Future ends when the slot is free
     * @param owner runs what follows where everything else is called
     */
    public ConcurrencyLimiter(
            int count, Predicate<T> gone, BiFunction<T, CancellationToken, Future<Void>> work, Executor owner) {
        this.count = count;
        this.isObsolete = gone;
        this.work = work;
        this.owner = owner;
    }

    /** Begins the work, or lets it wait for a slot behind what waits already. */
    public void submit(T piece) {
        waiting.add(piece);
        fill();
    }

    private void fill() {
        waiting.removeIf(isObsolete);
        while (active.size() < count && !waiting.isEmpty()) {
            begin(waiting.remove());
        }
    }

    private void begin(T piece) {
        CancellationToken cancellation = new CancellationToken();
        Future<Void> flow = work.apply(piece, cancellation);
        active.put(flow, cancellation);
        // A cancellation comes from other threads, and what it ends goes on there.
        flow.onComplete(ended -> owner.execute(() -> {
            active.remove(flow);
            fill();
        }));
    }

    /** Takes out what waits, which is not begun any more. */
    public List<T> drainQueued() {
        List<T> left = List.copyOf(waiting);
        waiting.clear();
        return left;
    }

    /** Tells all work to end, and gives what ends with it. */
    public List<Future<Void>> cancel(JobException why) {
        List<Future<Void>> flows = new ArrayList<>(active.keySet());
        List.copyOf(active.values()).forEach(each -> each.cancel(why));
        return flows;
    }

    /** How many are worked on. */
    public int activeCount() {
        return active.size();
    }
}
