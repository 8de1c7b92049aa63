package dev.sluice.common.async;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Work that is done again and again, one round after the other; belongs to the context that starts it. */
public final class PeriodicTask {
    private static final Duration STOP_WITHIN = Duration.ofSeconds(2);

    private final Vertx vertx;
    private final Duration interval;
    private final Supplier<Future<Void>> task;
    private final Promise<Void> ended = Promise.promise();
    private long timer;
    private boolean busy;
    private boolean stopping;

    /** @param round never fails */
    public PeriodicTask(Vertx vertx, Duration pause, Supplier<Future<Void>> round) {
        this.vertx = vertx;
        this.interval = pause;
        this.task = round;
    }

    /** Begins with a pause. */
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

    /** Begins no other round; completes when the one under way has ended, or does not soon: it may wait for a service. */
    public Future<Void> stop() {
        stopping = true;
        vertx.cancelTimer(timer);
        if (!busy) {
            ended.tryComplete();
        }
        return ended.future()
                .timeout(STOP_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                .otherwiseEmpty();
    }
}
