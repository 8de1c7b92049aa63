package dev.sluice.common.async;

import dev.sluice.job.JobException;
import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for a Future in a test, for at most 90 s. */
public final class Await {
    private static final long TIMEOUT_SECONDS = 90;

    private Await() {}

    public static <T> T await(Future<T> future) {
        try {
            return future.await(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            throw new AssertionError("the Future did not complete within " + TIMEOUT_SECONDS + " s", late);
        }
    }

    /** The cause of a Future that must fail. */
    public static Throwable causeOf(Future<?> future) {
        return await(future.transform(result -> result.failed()
                ? Future.succeededFuture(result.cause())
                : Future.failedFuture(new AssertionError("expected a failure, got " + result.result()))));
    }

    /** The failure of a Future that must fail with a {@link JobException}. */
    public static JobException failureOf(Future<?> future) {
        Throwable cause = causeOf(future);
        if (cause instanceof JobException failure) {
            return failure;
        }
        throw new AssertionError("expected a JobException", cause);
    }
}
