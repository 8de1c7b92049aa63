package dev.sluice.common.async;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;

/** A delay that ends immediately when the work is cancelled. */
public record CancellableDelay(Vertx vertx, CancellationToken cancellation) {
    /** Completes after {@code time} or with the cancellation, on the caller's context; never fails. */
    public Future<Void> await(Duration time) {
        Promise<Void> elapsed = Promise.promise();
        Context context = vertx.getOrCreateContext();
        long timer = vertx.setTimer(Math.max(1, time.toMillis()), due -> elapsed.tryComplete());
        CancellationToken.Registration registration =
                cancellation.onCancel(() -> context.runOnContext(v -> elapsed.tryComplete()));
        return elapsed.future().onComplete(ended -> {
            vertx.cancelTimer(timer);
            registration.close();
        });
    }
}
