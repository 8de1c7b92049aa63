package dev.sluice.backend.upload;

import dev.sluice.backend.job.RequestRejectedException;
import io.vertx.core.Future;
import java.util.function.Supplier;

/** How many bodies of videos may pass through this process at once: each holds a part in memory. Belongs to one event loop. */
public final class UploadLimiter {
    private final int maxConcurrent;
    private int taken;

    public UploadLimiter(int atOnce) {
        this.maxConcurrent = atOnce;
    }

    /** Does this if there is room, else fails with a {@link RequestRejectedException}. */
    <T> Future<T> execute(Supplier<Future<T>> upload) {
        if (taken >= maxConcurrent) {
            return Future.failedFuture(new RequestRejectedException(
                    RequestRejectedException.Reason.OVERLOADED,
                    "As many uploads as this host takes are under way; try again in a moment."));
        }
        taken++;
        return Future.succeededFuture().compose(begun -> upload.get()).onComplete(done -> taken--);
    }
}
