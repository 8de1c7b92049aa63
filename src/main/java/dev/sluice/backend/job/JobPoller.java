package dev.sluice.backend.job;

import dev.sluice.job.JobId;
import dev.sluice.persistence.job.JobRepository;
import dev.sluice.persistence.job.JobStatus;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.function.Consumer;

/** Polls the status of a job until it ends. Works from any process with access to the database. */
public final class JobPoller {
    private final Vertx vertx;
    private final JobRepository jobs;
    private final Duration pollInterval;

    public JobPoller(Vertx vertx, JobRepository jobs, Duration pollInterval) {
        this.vertx = vertx;
        this.jobs = jobs;
        this.pollInterval = pollInterval;
    }

    /** Passes each polled status to {@code listener}; returns the final status. */
    public Future<JobStatus> awaitCompletion(JobId id, Consumer<JobStatus> listener) {
        Promise<JobStatus> ended = Promise.promise();
        poll(id, listener, ended);
        return ended.future();
    }

    // A promise instead of a chain of futures: thousands of polls would overflow the stack.
    private void poll(JobId id, Consumer<JobStatus> listener, Promise<JobStatus> ended) {
        jobs.find(id)
                .onSuccess(found -> found.ifPresent(listener))
                .onFailure(ended::tryFail)
                .onSuccess(found -> found.filter(status -> status.state() != JobStatus.State.RUNNING)
                        .ifPresentOrElse(
                                ended::tryComplete,
                                () -> vertx.setTimer(pollInterval.toMillis(), waited -> poll(id, listener, ended))));
    }
}
