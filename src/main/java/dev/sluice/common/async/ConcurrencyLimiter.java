package dev.sluice.common.async;

import dev.sluice.job.JobException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/**
 * Limits concurrent work and queues the rest. The broker's prefetch alone does not: if a channel is lost while its deliveries are
 * processed, the next channel delivers as many again.
 */
public final class ConcurrencyLimiter<T> {
    private final int maxConcurrent;
    private final Predicate<T> isObsolete;
    private final BiFunction<T, CancellationToken, Future<Void>> work;
    private final Executor owner;
    private final Queue<T> waiting = new ArrayDeque<>();
    private final Map<Future<Void>, CancellationToken> active = new ConcurrentHashMap<>();
    private final List<Promise<Void>> idleWaiters = new ArrayList<>();

    /**
     * @param maxConcurrent 1 or more
     * @param isObsolete whether a queued item is to be dropped, because its channel is lost and the broker redelivers it
     * @param work processes an item; its Future completes when the next item may start
     * @param owner runs completions on the thread that calls all other methods
     */
    public ConcurrencyLimiter(
            int maxConcurrent,
            Predicate<T> isObsolete,
            BiFunction<T, CancellationToken, Future<Void>> work,
            Executor owner) {
        this.maxConcurrent = maxConcurrent;
        this.isObsolete = isObsolete;
        this.work = work;
        this.owner = owner;
    }

    /** Starts the item, or queues it behind the waiting ones. */
    public void submit(T item) {
        waiting.add(item);
        fill();
    }

    private void fill() {
        waiting.removeIf(isObsolete);
        while (active.size() < maxConcurrent && !waiting.isEmpty()) {
            start(waiting.remove());
        }
    }

    private void start(T item) {
        CancellationToken cancellation = new CancellationToken();
        Future<Void> running = work.apply(item, cancellation);
        active.put(running, cancellation);
        // Work that is cancelled by another thread completes on that thread.
        running.onComplete(ended -> owner.execute(() -> {
            active.remove(running);
            fill();
            if (active.isEmpty()) {
                List<Promise<Void>> idle = List.copyOf(idleWaiters);
                idleWaiters.clear();
                idle.forEach(Promise::complete);
            }
        }));
    }

    /** Removes and returns the queued items. */
    public List<T> drainQueued() {
        List<T> queued = List.copyOf(waiting);
        waiting.clear();
        return queued;
    }

    /** Cancels all running work; returns its Futures. */
    public List<Future<Void>> cancel(JobException reason) {
        List<Future<Void>> running = new ArrayList<>(active.keySet());
        List.copyOf(active.values()).forEach(each -> each.cancel(reason));
        return running;
    }

    /** Completes when nothing runs. Queued items start as before. */
    public Future<Void> whenIdle() {
        if (active.isEmpty()) {
            return Future.succeededFuture();
        }
        Promise<Void> idle = Promise.promise();
        idleWaiters.add(idle);
        return idle.future();
    }

    /** The number of running items. Threads: any. */
    public int activeCount() {
        return active.size();
    }
}
