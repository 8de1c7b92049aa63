package dev.sluice.common.async;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** A blocking task on a thread of its own, beside the blocking work of the thread that started it. */
public final class BlockingTask<T> implements AutoCloseable {
    private final CompletableFuture<T> result;

    private BlockingTask(CompletableFuture<T> result) {
        this.result = result;
    }

    /** Starts a thread with this name, which runs {@code task} and ends. */
    public static <T> BlockingTask<T> start(String name, Supplier<T> task) {
        return new BlockingTask<>(CompletableFuture.supplyAsync(task, work -> new Thread(work, name).start()));
    }

    /** Returns the result, or throws what the task threw; blocks until the task has ended. */
    public T result() {
        try {
            return result.join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw failed;
        }
    }

    /** Blocks until the task has ended, so that the caller may then release what the task uses. */
    @Override
    public void close() {
        result.handle((value, failure) -> failure).join();
    }
}
