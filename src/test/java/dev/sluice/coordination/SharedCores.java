package dev.sluice.coordination;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** The cores of a simulated host: concurrent work progresses at an equal share of the speed. */
record SharedCores(Vertx vertx, AtomicInteger active) {
    private static final long TICK_MILLIS = 10;

    SharedCores(Vertx vertx) {
        this(vertx, new AtomicInteger());
    }

    /** Completes when the work is done; {@code work} is its time if there is no other. */
    Future<Void> run(Duration work) {
        active.incrementAndGet();
        return tick(work.toNanos(), System.nanoTime()).onComplete(done -> active.decrementAndGet());
    }

    private Future<Void> tick(long remaining, long since) {
        return remaining <= 0
                ? Future.succeededFuture()
                : vertx.timer(TICK_MILLIS).compose(passed -> {
                    long now = System.nanoTime();
                    return tick(remaining - (now - since) / Math.max(1, active.get()), now);
                });
    }
}
