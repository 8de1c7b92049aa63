package dev.sluice.common.async;

import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/** Lets a limited number of requests through at once; the others wait here in order, where waiting has no time limit. */
public final class AsyncSemaphore {
    private final Queue<CompletableFuture<Void>> waiting = new ArrayDeque<>();
    private int free;

    public AsyncSemaphore(int width) {
        this.free = width;
    }

    /** Completes on {@code context} when there is room; who came in must {@link #leave}. */
    public synchronized Future<Void> acquire(Context context) {
        if (free > 0) {
            free--;
            return Future.succeededFuture();
        }
        CompletableFuture<Void> turn = new CompletableFuture<>();
        waiting.add(turn);
        return Future.fromCompletionStage(turn, context);
    }

    public void release() {
        CompletableFuture<Void> turn;
        synchronized (this) {
            turn = waiting.poll();
            if (turn == null) {
                free++;
                return;
            }
        }
        turn.complete(null);
    }
}
