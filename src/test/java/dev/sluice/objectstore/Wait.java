package dev.sluice.objectstore;

import dev.sluice.job.JobException;
import io.vertx.core.Future;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for a Future in a test, never for ever. */
public final class Wait {
    private static final long BOUND_SECONDS = 90;

    private Wait() {}

    public static <T> T on(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(BOUND_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof RuntimeException cause
                    ? cause
                    : new CompletionException(failed.getCause());
        } catch (InterruptedException | TimeoutException stuck) {
            throw new AssertionError("the Future did not complete", stuck);
        }
    }

    /** The failure of a Future that is to fail. */
    public static JobException failure(Future<?> future) {
        try {
            throw new AssertionError("expected a failure, got " + on(future));
        } catch (JobException failure) {
            return failure;
        }
    }
}
