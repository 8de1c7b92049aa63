package dev.sluice.common.async;

import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/** Semaphore without blocking: waiters acquire permits in order and without a time limit. */
public final class AsyncSemaphore {
    private final Queue<CompletableFuture<Void>> waiting = new ArrayDeque<>();
    private int free;

    public AsyncSemaphore(int permits) {
        this.free = permits;
    }

    /** Completes on {@code context} with a permit, which the caller must {@link #release}. */
    public synchronized Future<Void> acquire(Context context) {
        if (free > 0) {
            free--;
            return Future.succeededFuture();
        }
        CompletableFuture<Void> permit = new CompletableFuture<>();
        waiting.add(permit);
        return Future.fromCompletionStage(permit, context);
    }

    public void release() {
        CompletableFuture<Void> permit;
        synchronized (this) {
            permit = waiting.poll();
            if (permit == null) {
                free++;
                return;
            }
        }
        permit.complete(null);
    }
}
