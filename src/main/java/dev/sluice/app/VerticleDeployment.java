package dev.sluice.app;

import io.vertx.core.Deployable;
import io.vertx.core.WorkerExecutor;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A verticle that is deployed and undeployed by name.
 *
 * @param instances 0: not on this host
 * @param concurrency concurrent runs of each instance; 0: consumes no jobs
 * @param verticle creates an instance with the threads for its blocking work
 */
record VerticleDeployment(String name, int instances, int concurrency, Function<WorkerExecutor, Deployable> verticle) {
    /** One instance, which consumes no jobs. */
    static VerticleDeployment single(String name, Supplier<Deployable> verticle) {
        return new VerticleDeployment(name, 1, 0, workers -> verticle.get());
    }

    /** Threads for blocking work: one for each concurrent run. */
    int threads() {
        return Math.max(1, instances * concurrency);
    }
}
