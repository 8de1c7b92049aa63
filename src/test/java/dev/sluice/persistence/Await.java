package dev.sluice.persistence;

import dev.sluice.job.JobException;
import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits, within a bound, for what a test started. */
public final class Await {
    private Await() {}

    public static <T> T await(Future<T> future) {
        try {
            return future.await(60, TimeUnit.SECONDS);
        } catch (TimeoutException hangs) {
            throw new AssertionError("hangs", hangs);
        }
    }

    public static Throwable causeOf(Future<?> future) {
        return await(future.transform(ended -> ended.failed()
                ? Future.succeededFuture(ended.cause())
                : Future.failedFuture(new AssertionError("did not fail"))));
    }

    public static JobException failureOf(Future<?> future) {
        Throwable cause = causeOf(future);
        if (cause instanceof JobException failure) {
            return failure;
        }
        throw new AssertionError("not a failure of ours", cause);
    }
}
