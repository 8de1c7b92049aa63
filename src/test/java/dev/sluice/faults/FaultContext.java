package dev.sluice.faults;

import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Where a fault happens.
 *
 * @param lent the worker that it may treat badly, for a fault that wants one
 * @param random the fault's own, so that what it draws does not depend on what else happens
 * @param over opens when the run is over and faults are to end early
 */
record FaultContext(FaultScenario scenario, Optional<WorkerProcess> lent, Random random, CountDownLatch over) {
    private static final Duration LOOK = Duration.ofMillis(50);
    private static final int LOOKS = 160;

    WorkerProcess worker() {
        return lent.orElseThrow();
    }

    /** Waits a while for the worker to have work under way: a fault that hits an idle one shows little. */
    void aim() throws InterruptedException {
        for (int look = 0; look < LOOKS && !scenario.redispatch().isAtWork(worker().pid()); look++) {
            last(LOOK);
        }
    }

    /** Lets the fault last, or ends it early with the run. */
    void last(Duration duration) throws InterruptedException {
        over.await(duration.toMillis(), TimeUnit.MILLISECONDS);
    }

    Duration between(int seconds, int andSeconds) {
        return Duration.ofMillis(seconds * 1000L + random.nextInt((andSeconds - seconds) * 1000 + 1));
    }
}
