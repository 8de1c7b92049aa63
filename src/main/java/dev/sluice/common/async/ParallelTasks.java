package dev.sluice.common.async;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Does numbered pieces of work, a few at a time, in the order of their numbers. */
public final class ParallelTasks {
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final int count;
    private final IntFunction<Future<Void>> work;

    private ParallelTasks(int pieces, IntFunction<Future<Void>> work) {
        this.count = pieces;
        this.work = work;
    }

    /**
     * Does {@code work} for 0 to {@code pieces - 1}, at most {@code width} at once. After the first failure nothing new is
     * begun; the Future ends when all that was begun has ended, so that the caller may then take away what the work uses.
     */
    public static Future<Void> forEachIndex(int pieces, int width, IntFunction<Future<Void>> work) {
        ParallelTasks tasks = new ParallelTasks(pieces, work);
        List<Future<Void>> running = new ArrayList<>(IntStream.range(0, Math.min(width, pieces))
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
        int piece = next.getAndIncrement();
        if (piece >= count || stopped.get()) {
            return Future.succeededFuture();
        }
        return work.apply(piece).onFailure(cause -> stopped.set(true)).compose(done -> advance());
    }
}
