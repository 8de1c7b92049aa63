package dev.sluice.backend.job;

import dev.sluice.job.JobId;
import dev.sluice.persistence.job.JobRepository;
import dev.sluice.persistence.job.JobStatus;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.function.Consumer;

/** Follows one job until it ends, by looking at it again and again: works from any process that reaches the database. */
public final class JobPoller {
    private final Vertx vertx;
    private final JobRepository jobs;
    private final Duration pollInterval;

    /**
     * Watches jobs.
     *
     * @param every time between two looks
     */
    public JobPoller(Vertx vertx, JobRepository jobs, Duration every) {
        this.vertx = vertx;
        this.jobs = jobs;
        this.pollInterval = every;
    }

    /** Shows {@code viewer} how the job stands at each look; gives how it ended. */
    public Future<JobStatus> awaitCompletion(JobId id, Consumer<JobStatus> viewer) {
        Promise<JobStatus> ended = Promise.promise();
        poll(id, viewer, ended);
        return ended.future();
    }

    // A promise and not a chain of composed futures: thousands of looks would end in as deep a stack.
    private void poll(JobId id, Consumer<JobStatus> viewer, Promise<JobStatus> ended) {
        jobs.find(id)
                .onSuccess(found -> found.ifPresent(viewer))
                .onFailure(ended::tryFail)
                .onSuccess(found -> found.filter(view -> view.state() != JobStatus.State.RUNNING)
                        .ifPresentOrElse(
                                ended::tryComplete,
                                () -> vertx.setTimer(pollInterval.toMillis(), waited -> poll(id, viewer, ended))));
    }
}
