package dev.sluice.backend.upload;

import dev.sluice.backend.job.RequestRejectedException;
import dev.sluice.common.KeyedCounter;
import io.vertx.core.Future;
import java.util.function.Supplier;

/**
 * Limits the concurrent uploads through this process, in all and for each user; each has a part in memory. For use on one event
 * loop.
 */
public final class UploadLimiter {
    private final int maxConcurrent;
    private final int maxPerUser;
    private final UploadMetrics metrics;
    private final KeyedCounter active = new KeyedCounter();

    public UploadLimiter(int maxConcurrent, int maxPerUser, UploadMetrics metrics) {
        this.maxConcurrent = maxConcurrent;
        this.maxPerUser = maxPerUser;
        this.metrics = metrics;
    }

    /** Runs {@code upload}, or fails with {@link RequestRejectedException} if a limit is reached. */
    <T> Future<T> execute(String user, Supplier<Future<T>> upload) {
        if (active.total() >= maxConcurrent) {
            return Future.failedFuture(new RequestRejectedException(
                    RequestRejectedException.Reason.OVERLOADED,
                    "The limit of " + maxConcurrent + " concurrent uploads is reached. Retry later."));
        }
        if (active.of(user) >= maxPerUser) {
            return Future.failedFuture(new RequestRejectedException(
                    RequestRejectedException.Reason.QUOTA_EXCEEDED,
                    "The limit of " + maxPerUser + " concurrent uploads of one user is reached. Retry later."));
        }
        active.increment(user);
        metrics.started();
        return Future.succeededFuture().compose(started -> upload.get()).onComplete(done -> {
            active.decrement(user);
            metrics.ended();
        });
    }
}
