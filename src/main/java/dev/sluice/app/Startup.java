package dev.sluice.app;

import dev.sluice.common.async.Cancellation;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobFailure;
import io.vertx.core.Future;

/** Lets a start that waits for a service be given up. */
record Startup(Cancellation cancellation) {
    Startup() {
        this(new Cancellation());
    }

    boolean isGivenUp() {
        return cancellation.reason().isPresent();
    }

    /** Fails when the start was given up meanwhile. */
    Future<Void> goOn() {
        return cancellation.reason().<Future<Void>>map(Future::failedFuture).orElseGet(Future::succeededFuture);
    }

    void giveUp() {
        cancellation.cancel(new JobFailure(ErrorCode.SHUTDOWN, "Told to stop before the start was through."));
    }
}
