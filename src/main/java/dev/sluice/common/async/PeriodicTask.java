package dev.sluice.common.async;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Runs a task again after each interval, never concurrently with itself; belongs to the context that starts it. */
public final class PeriodicTask {
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

    private final Vertx vertx;
    private final Duration interval;
    private final Supplier<Future<Void>> task;
    private final Promise<Void> ended = Promise.promise();
    private long timer;
    private boolean busy;
    private boolean stopping;

    /** @param task must never fail */
    public PeriodicTask(Vertx vertx, Duration interval, Supplier<Future<Void>> task) {
        this.vertx = vertx;
        this.interval = interval;
        this.task = task;
    }

    /** The first run starts after one interval. */
    public void start() {
        timer = vertx.setTimer(interval.toMillis(), due -> {
            busy = true;
            task.get().onComplete(done -> {
                busy = false;
                if (stopping) {
                    ended.tryComplete();
                } else {
                    start();
                }
            });
        });
    }

    /** Starts no further run; completes when the current one has ended, or after 2 s if it waits for a service. */
    public Future<Void> stop() {
        stopping = true;
        vertx.cancelTimer(timer);
        if (!busy) {
            ended.tryComplete();
        }
        return ended.future()
                .timeout(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .otherwiseEmpty();
    }
}
