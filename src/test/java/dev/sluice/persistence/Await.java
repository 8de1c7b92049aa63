package dev.sluice.persistence;

import dev.sluice.job.JobException;
import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for futures, at most 60 s. */
public final class Await {
    private Await() {}

    public static <T> T await(Future<T> future) {
        try {
            return future.await(60, TimeUnit.SECONDS);
        } catch (TimeoutException cause) {
            throw new AssertionError("not completed in 60 s", cause);
        }
    }

    public static Throwable causeOf(Future<?> future) {
        return await(future.transform(result -> result.failed()
                ? Future.succeededFuture(result.cause())
                : Future.failedFuture(new AssertionError("did not fail"))));
    }

    public static JobException failureOf(Future<?> future) {
        Throwable cause = causeOf(future);
        if (cause instanceof JobException failure) {
            return failure;
        }
        throw new AssertionError("not a JobException", cause);
    }
}
