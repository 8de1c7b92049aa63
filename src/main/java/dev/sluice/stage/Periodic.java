package dev.sluice.stage;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.function.Supplier;

/** Work that is done again and again, one round after the other; belongs to the context that starts it. */
final class Periodic {
    private final Vertx vertx;
    private final Duration pause;
    private final Supplier<Future<Void>> round;
    private final Promise<Void> ended = Promise.promise();
    private long timer;
    private boolean busy;
    private boolean stopping;

    /** @param round never fails */
    Periodic(Vertx vertx, Duration pause, Supplier<Future<Void>> round) {
        this.vertx = vertx;
        this.pause = pause;
        this.round = round;
    }

    /** Begins with a pause. */
    void start() {
        timer = vertx.setTimer(pause.toMillis(), due -> {
            busy = true;
            round.get().onComplete(done -> {
                busy = false;
                if (stopping) {
                    ended.complete();
                } else {
                    start();
                }
            });
        });
    }

    /** Begins no other round; completes when the one under way has ended. */
    Future<Void> stop() {
        stopping = true;
        vertx.cancelTimer(timer);
        if (!busy) {
            ended.tryComplete();
        }
        return ended.future();
    }
}
