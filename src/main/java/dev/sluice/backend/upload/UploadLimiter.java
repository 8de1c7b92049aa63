package dev.sluice.backend.upload;

import dev.sluice.backend.job.RequestRejectedException;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Limits the concurrent uploads through this process, in all and for each user; each has a part in memory. For use on one event
 * loop.
 */
public final class UploadLimiter {
    private final int maxConcurrent;
    private final int maxPerUser;
    private final Map<String, Integer> activeByUser = new HashMap<>();
    private int active;

    public UploadLimiter(int maxConcurrent, int maxPerUser) {
        this.maxConcurrent = maxConcurrent;
        this.maxPerUser = maxPerUser;
    }

    /** Runs {@code upload}, or fails with {@link RequestRejectedException} if a limit is reached. */
    <T> Future<T> execute(String user, Supplier<Future<T>> upload) {
        if (active >= maxConcurrent) {
            return Future.failedFuture(new RequestRejectedException(
                    RequestRejectedException.Reason.OVERLOADED,
                    "The limit of " + maxConcurrent + " concurrent uploads is reached. Retry later."));
        }
        if (activeByUser.getOrDefault(user, 0) >= maxPerUser) {
            return Future.failedFuture(new RequestRejectedException(
                    RequestRejectedException.Reason.QUOTA_EXCEEDED,
                    "The limit of " + maxPerUser + " concurrent uploads of one user is reached. Retry later."));
        }
        active++;
        activeByUser.merge(user, 1, Integer::sum);
        return Future.succeededFuture().compose(started -> upload.get()).onComplete(done -> {
            active--;
            activeByUser.computeIfPresent(user, (same, count) -> count > 1 ? count - 1 : null);
        });
    }
}
