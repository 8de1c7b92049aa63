package dev.sluice.backend.upload;

import dev.sluice.backend.job.RequestRejectedException;
import io.vertx.core.Future;
import java.util.function.Supplier;

/** Limits the concurrent uploads through this process, each of which has a part in memory. For use on one event loop. */
public final class UploadLimiter {
    private final int maxConcurrent;
    private int active;

    public UploadLimiter(int maxConcurrent) {
        this.maxConcurrent = maxConcurrent;
    }

    /** Runs {@code upload}, or fails with {@link RequestRejectedException} if the limit is reached. */
    <T> Future<T> execute(Supplier<Future<T>> upload) {
        if (active >= maxConcurrent) {
            return Future.failedFuture(new RequestRejectedException(
                    RequestRejectedException.Reason.OVERLOADED,
                    "The limit of " + maxConcurrent + " concurrent uploads is reached. Retry later."));
        }
        active++;
        return Future.succeededFuture().compose(started -> upload.get()).onComplete(done -> active--);
    }
}
