package dev.sluice.common.async;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;

/** Waiting that is over at once when the work is told to end. */
public record CancellableDelay(Vertx vertx, CancellationToken cancellation) {
    /** Ends after this time or with the cancellation, on the caller's context; never fails. */
    public Future<Void> await(Duration time) {
        Promise<Void> over = Promise.promise();
        Context context = vertx.getOrCreateContext();
        long timer = vertx.setTimer(Math.max(1, time.toMillis()), due -> over.tryComplete());
        CancellationToken.Registration told =
                cancellation.onCancel(() -> context.runOnContext(v -> over.tryComplete()));
        return over.future().onComplete(ended -> {
            vertx.cancelTimer(timer);
            told.close();
        });
    }
}
