package dev.sluice.pipeline.run;

import dev.sluice.broker.Delivery;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.job.Attempt;
import dev.sluice.job.DeliveryStep;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.outbox.OutboxMessage;
import dev.sluice.persistence.run.Claim;
import dev.sluice.persistence.run.ClaimResult;
import dev.sluice.pipeline.lease.LeaseExpiryWaiter;
import dev.sluice.pipeline.metrics.RunMetrics;
import dev.sluice.pipeline.metrics.RunOutcomeRecorder;
import dev.sluice.stage.StageContext;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of a stage, for the delivery that brought it about: claim, work, commit. What follows from it is durable then. */
public final class RunExecutor {
    private static final Logger LOG = LoggerFactory.getLogger(RunExecutor.class);

    private final Vertx vertx;
    private final StageRoute route;
    private final Handoff onward;
    private final RunServices services;
    private final Delivery delivery;
    private final CancellationToken cancellation;
    private final Function<StagedJob, OutboxMessage> again;
    private final DatabaseRetry databaseRetry;

    /** How the job goes on after the run. */
    public enum Handoff {
        /** By a message to the next stage. */
        PUBLISH,
        /** Under the delivery that this run was done for; a message is sent only if that gets lost. */
        INLINE
    }

    /** What became of the run. */
    public enum RunOutcome {
        /** It is done, by this call. */
        COMPLETED,
        /** It was done before, or its job has ended. */
        ALREADY_FINISHED,
        /** What there is to do yet is somebody else's or another delivery's. */
        NOT_COMPLETED
    }

    /** @param again the message that brings the run of a job, as far as that is known, about another time */
    public RunExecutor(
            Vertx vertx,
            StageRoute route,
            Handoff onward,
            RunServices services,
            Delivery delivery,
            CancellationToken cancellation,
            Function<StagedJob, OutboxMessage> again) {
        this.vertx = vertx;
        this.route = route;
        this.onward = onward;
        this.services = services;
        this.delivery = delivery;
        this.cancellation = cancellation;
        this.again = again;
        this.databaseRetry = new DatabaseRetry(vertx, cancellation);
    }

    /** Sees the run through; fails only when the delivery has to go back to its queue. */
    public Future<RunOutcome> execute(RunId run, StagedJob job) {
        LeaseExpiryWaiter leaseExpiry = new LeaseExpiryWaiter(vertx, services.runs(), cancellation);
        return databaseRetry
                .retryWhileUnavailable(
                        DeliverySettlement.HOLD,
                        () -> leaseExpiry
                                .awaitExpiry(delivery, run)
                                .compose(waited -> services.runs()
                                        .claim(
                                                run,
                                                job,
                                                again.apply(job),
                                                services.worker(),
                                                services.delivery().leaseDuration(),
                                                claim -> news(claim).started())))
                .compose(outcome ->
                        outcome instanceof ClaimResult.Granted granted ? work(granted.claim()) : skip(outcome, job));
    }

    private Future<RunOutcome> skip(ClaimResult outcome, StagedJob job) {
        boolean held = outcome instanceof ClaimResult.LeasedElsewhere;
        RunMetrics metrics = services.metricsRegistry().of(route.name());
        (held ? metrics.contended : metrics.duplicates).increment();
        LOG.atDebug()
                .addKeyValue("jobId", job.id())
                .addKeyValue("stage", route.name().key())
                .addKeyValue("outcome", outcome)
                .log("somebody does or did this already");
        return Future.succeededFuture(held ? RunOutcome.NOT_COMPLETED : RunOutcome.ALREADY_FINISHED);
    }

    private Future<RunOutcome> work(Claim claim) {
        Attempt attempt = claim.attempt();
        StagedJob job = claim.job();
        RunUpdates updates = news(claim);
        RunOutcomeRecorder recorder =
                new RunOutcomeRecorder(attempt, services.metricsRegistry().of(route.name()));
        StageContext context = new StageContext(
                attempt,
                job,
                progress(job, updates),
                cancellation,
                new DatabaseCheckpoint(services.runs(), claim, databaseRetry),
                () -> services.runs().taskResults(job.id(), StageName.SEGMENT));
        services.stepListener().onStep(DeliveryStep.CLAIMED);
        services.updates().notifyOutbox();
        services.leases().track(attempt, cancellation);
        recorder.started();
        RunFailureHandler failureHandler =
                new RunFailureHandler(route, services, databaseRetry, delivery, job, () -> again.apply(job));
        Future<RunOutcome> ending = attempt.attemptNumber() > route.retries().maxAttempts()
                ? failureHandler
                        .exhaustAttempts(attempt, updates, workerLost(), recorder)
                        .map(RunOutcome.NOT_COMPLETED)
                : Future.succeededFuture(context)
                        .compose(route.stage()::run)
                        .map(result -> RunCompletion.from(
                                result,
                                route,
                                onward,
                                updates,
                                services.delivery().maxSegmentsInFlight()))
                        .onComplete(worked -> services.leases().markSettling(attempt))
                        .compose(
                                done -> commit(attempt, done, recorder),
                                cause -> failureHandler
                                        .handle(attempt, updates, JobException.of(cause), recorder)
                                        .map(RunOutcome.NOT_COMPLETED));
        return ending.onComplete(ended -> {
            services.leases().untrack(attempt);
            recorder.close();
        });
    }

    private ProgressListener progress(StagedJob job, RunUpdates updates) {
        return job.updateOptions().progress()
                ? done -> services.updates().sendProgress(updates.progress(done))
                : ProgressListener.noop();
    }

    /** The last attempt that counted never said how it ended, or this one would not have been granted. */
    private JobException workerLost() {
        return new JobException(
                ErrorCode.WORKER_LOST,
                "The worker died or was cut off while working on this job, "
                        + route.retries().maxAttempts() + " attempts are used up.");
    }

    private Future<RunOutcome> commit(Attempt attempt, RunCompletion done, RunOutcomeRecorder recorder) {
        services.stepListener().onStep(DeliveryStep.PROCESSED);
        return databaseRetry
                .retryWhileUnavailable(() -> done.commit().apply(services.runs(), attempt))
                .compose(mine -> {
                    if (!mine) {
                        recorder.fenced();
                        return services.workspace()
                                .delete(attempt)
                                .compose(gone -> services.jobCleanup()
                                        .cleanUpFailed(attempt.run().job()))
                                .map(RunOutcome.NOT_COMPLETED);
                    }
                    services.stepListener().onStep(DeliveryStep.COMMITTED);
                    // What comes now is clearing away; nobody is to wait for that.
                    services.updates().notifyOutbox();
                    recorder.completed(done.summary());
                    return (done.follows() == RunCompletion.Continuation.JOB_COMPLETED
                                    ? services.jobCleanup()
                                            .cleanUpCompleted(attempt.run().job())
                                    : Future.<Void>succeededFuture())
                            .map(
                                    done.follows() == RunCompletion.Continuation.TASKS
                                            ? RunOutcome.NOT_COMPLETED
                                            : RunOutcome.COMPLETED);
                });
    }

    private RunUpdates news(Claim claim) {
        return new RunUpdates(claim, claim.job(), services.worker(), Clock.systemUTC());
    }
}
