package dev.sluice.backend;

import dev.sluice.job.JobId;
import dev.sluice.store.JobView;
import dev.sluice.store.Jobs;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.function.Consumer;

/** Follows one job until it ends, by looking at it again and again: works from any process that reaches the database. */
public final class JobWatch {
    private final Vertx vertx;
    private final Jobs jobs;
    private final Duration every;

    /**
     * Watches jobs.
     *
     * @param every time between two looks
     */
    public JobWatch(Vertx vertx, Jobs jobs, Duration every) {
        this.vertx = vertx;
        this.jobs = jobs;
        this.every = every;
    }

    /** Shows {@code viewer} how the job stands at each look; gives how it ended. */
    public Future<JobView> untilEnded(JobId id, Consumer<JobView> viewer) {
        return jobs.job(id).compose(found -> {
            found.ifPresent(viewer);
            return found.filter(view -> view.state() != JobView.State.RUNNING)
                    .map(Future::succeededFuture)
                    .orElseGet(() -> vertx.timer(every.toMillis()).compose(waited -> untilEnded(id, viewer)));
        });
    }
}
