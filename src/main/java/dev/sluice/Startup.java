package dev.sluice;

import dev.sluice.job.Cancellation;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobFailure;

/** Lets a start that waits for a service be given up. */
record Startup(Cancellation cancellation) {
    Startup() {
        this(new Cancellation());
    }

    boolean isGivenUp() {
        return cancellation.reason().isPresent();
    }

    void giveUp() {
        cancellation.cancel(new JobFailure(ErrorCode.SHUTDOWN, "Told to stop before the start was through."));
    }
}
