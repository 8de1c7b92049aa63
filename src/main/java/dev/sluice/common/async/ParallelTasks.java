package dev.sluice.common.async;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Runs indexed tasks with limited concurrency, or items in sequence. */
public final class ParallelTasks {
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final int count;
    private final IntFunction<Future<Void>> task;

    private ParallelTasks(int count, IntFunction<Future<Void>> task) {
        this.count = count;
        this.task = task;
    }

    /**
     * Runs {@code task} for 0 to {@code count - 1}, at most {@code concurrency} at a time. No task is started after the first
     * failure. The Future completes when all started tasks have ended, so that the caller may then release what they use.
     */
    public static Future<Void> forEachIndex(int count, int concurrency, IntFunction<Future<Void>> task) {
        ParallelTasks tasks = new ParallelTasks(count, task);
        List<Future<Void>> running = new ArrayList<>(IntStream.range(0, Math.min(concurrency, count))
                .mapToObj(lane -> tasks.advance())
                .toList());
        return Future.join(running).mapEmpty();
    }

    /** Runs {@code task} for each item in turn; ends with the first failure. */
    public static <T> Future<Void> sequentially(Iterable<T> items, Function<? super T, Future<Void>> task) {
        Future<Void> all = Future.succeededFuture();
        for (T item : items) {
            all = all.compose(before -> task.apply(item));
        }
        return all;
    }

    private Future<Void> advance() {
        int index = next.getAndIncrement();
        if (index >= count || stopped.get()) {
            return Future.succeededFuture();
        }
        return task.apply(index).onFailure(cause -> stopped.set(true)).compose(done -> advance());
    }
}
