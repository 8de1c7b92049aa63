package dev.sluice.faults;

import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Environment of a fault.
 *
 * @param reserved the worker that the fault is injected into, if its target is a worker
 * @param random used by this fault only, so that its values do not depend on other faults
 * @param over counted down when the run is over and faults must end early
 */
record FaultContext(FaultScenario scenario, Optional<WorkerProcess> reserved, Random random, CountDownLatch over) {
    private static final Duration POLL_INTERVAL = Duration.ofMillis(50);
    private static final int POLLS = 160;

    WorkerProcess worker() {
        return reserved.orElseThrow();
    }

    /** Waits for the worker to process a run, for at most 8 s: a fault of an idle worker shows little. */
    void awaitWork() throws InterruptedException {
        for (int poll = 0; poll < POLLS && !scenario.failover().isAtWork(worker().pid()); poll++) {
            hold(POLL_INTERVAL);
        }
    }

    /** Waits for the duration, or until the run is over. */
    void hold(Duration duration) throws InterruptedException {
        over.await(duration.toMillis(), TimeUnit.MILLISECONDS);
    }

    Duration between(int seconds, int andSeconds) {
        return Duration.ofMillis(seconds * 1000L + random.nextInt((andSeconds - seconds) * 1000 + 1));
    }
}
