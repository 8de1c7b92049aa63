package dev.sluice.backend.job;

import dev.sluice.job.JobId;
import dev.sluice.persistence.job.JobView;
import dev.sluice.persistence.job.Jobs;
import io.vertx.core.Future;
import io.vertx.core.Promise;
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
        Promise<JobView> ended = Promise.promise();
        look(id, viewer, ended);
        return ended.future();
    }

    // A promise and not a chain of composed futures: thousands of looks would end in as deep a stack.
    private void look(JobId id, Consumer<JobView> viewer, Promise<JobView> ended) {
        jobs.job(id)
                .onSuccess(found -> found.ifPresent(viewer))
                .onFailure(ended::tryFail)
                .onSuccess(found -> found.filter(view -> view.state() != JobView.State.RUNNING)
                        .ifPresentOrElse(
                                ended::tryComplete,
                                () -> vertx.setTimer(every.toMillis(), waited -> look(id, viewer, ended))));
    }
}
