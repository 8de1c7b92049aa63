package dev.sluice.app;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import io.vertx.core.Future;

/** Lets a start that waits for a service be given up. */
record Startup(CancellationToken cancellation) {
    Startup() {
        this(new CancellationToken());
    }

    boolean isGivenUp() {
        return cancellation.reason().isPresent();
    }

    /** Fails when the start was given up meanwhile. */
    Future<Void> goOn() {
        return cancellation.reason().<Future<Void>>map(Future::failedFuture).orElseGet(Future::succeededFuture);
    }

    void giveUp() {
        cancellation.cancel(new JobException(ErrorCode.SHUTDOWN, "Told to stop before the start was through."));
    }
}
