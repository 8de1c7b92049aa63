package dev.sluice.pipeline.run;

import dev.sluice.common.async.PayloadExecutor;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.common.tracing.TraceParent;
import dev.sluice.job.Attempt;
import dev.sluice.job.Cost;
import dev.sluice.job.DeliveryStep;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.StageName;
import dev.sluice.persistence.run.ClaimRequest;
import dev.sluice.persistence.run.ClaimResult;
import dev.sluice.persistence.run.CommitResult;
import dev.sluice.persistence.run.Completion;
import dev.sluice.persistence.run.StageCompletion;
import dev.sluice.persistence.run.TaskCompletion;
import dev.sluice.pipeline.health.StageHealth;
import dev.sluice.pipeline.metrics.RunMetrics;
import dev.sluice.pipeline.metrics.RunOutcomeRecorder;
import dev.sluice.stage.StageContext;
import dev.sluice.stage.StageResult;
import io.vertx.core.Future;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Executes the runs of one stage: claim, process, commit. Created once for each route; threads: any event loop. */
public final class RunExecutor {
    private static final Logger LOG = LoggerFactory.getLogger(RunExecutor.class);

    private final StageRoute route;
    private final Handoff handoff;
    private final RunServices services;
    private final RunFailureHandler failureHandler;
    private final StageHealth health;

    public RunExecutor(StageRoute route, Handoff handoff, RunServices services) {
        this.route = route;
        this.handoff = handoff;
        this.services = services;
        this.health = services.health().of(handoff.verticle(route.name()));
        this.failureHandler = new RunFailureHandler(route, handoff, services, health);
    }

    /** Executes a run. What follows from it is durable then; fails only if the delivery must be requeued. */
    public Future<RunOutcome> execute(RunContext received) {
        RunTrace trace = RunTrace.of(received, route, services.tracer());
        RunContext context = trace.context();
        return claim(context)
                .compose(result -> result instanceof ClaimResult.Granted granted
                        ? trace.record(granted, claimed -> process(context, claimed))
                                .compose(outcome -> health.whenSlotUsable(context.cancellation())
                                        .map(outcome))
                        : skip(context, result));
    }

    private Future<ClaimResult> claim(RunContext context) {
        return services.databaseRetry()
                .whileUnavailable(
                        DatabaseRetry.MAX_HOLD,
                        context.cancellation(),
                        () -> services.leaseExpiry()
                                .await(context.delivery(), context.run(), context.cancellation())
                                .compose(expired -> services.runs()
                                        .claims()
                                        .claim(new ClaimRequest(
                                                context.run(),
                                                context.job(),
                                                handoff.redelivery(route.name(), context.job(), context.delivery()),
                                                services.worker(),
                                                services.delivery().leaseDuration()))));
    }

    private Future<RunOutcome> skip(RunContext context, ClaimResult result) {
        boolean leased = result instanceof ClaimResult.LeasedElsewhere;
        services.metrics().of(route.name()).skipped(leased ? RunMetrics.Skip.CONTENDED : RunMetrics.Skip.DUPLICATE);
        LOG.atDebug()
                .addKeyValue("jobId", context.job().id())
                .addKeyValue("stage", route.name().key())
                .addKeyValue("outcome", result)
                .log("delivery skipped: run already claimed or finished");
        return Future.succeededFuture(leased ? RunOutcome.NOT_COMPLETED : RunOutcome.ALREADY_FINISHED);
    }

    private Future<RunOutcome> process(RunContext context, ClaimResult.Granted granted) {
        RunMetrics metrics = services.metrics().of(route.name());
        metrics.claimed(granted.waited(), granted.sinceLeaseExpired());
        Attempt attempt = granted.claim().attempt();
        ClaimedRun run = new ClaimedRun(
                context,
                granted.claim(),
                new RunUpdates(granted.claim(), granted.started(), Clock.systemUTC()),
                new RunOutcomeRecorder(
                        attempt, granted.claim().job().traceParent().map(TraceParent::traceId), metrics));
        context.cancellation().cost().restart();
        services.steps().onStep(DeliveryStep.CLAIMED);
        services.publisher().notifyOutbox();
        services.leases().track(attempt, context.cancellation());
        run.recorder().started();
        Future<RunOutcome> settled = attempt.attemptNumber() > route.retries().maxAttempts()
                ? failureHandler.exhaustAttempts(run, workerLost()).map(RunOutcome.NOT_COMPLETED)
                : Future.succeededFuture(stageContext(run))
                        .compose(route.stage()::run)
                        // Encodes the next message.
                        .compose(result -> PayloadExecutor.execute(
                                run.job().bytes(),
                                () -> new Completed(result, RunCompletion.of(run, result, route, handoff, services))))
                        .onComplete(processed -> services.leases().markSettling(attempt))
                        .compose(
                                completed -> commit(run, completed),
                                cause -> failureHandler
                                        .handle(run, JobException.of(cause))
                                        .map(RunOutcome.NOT_COMPLETED));
        return settled.onComplete(done -> {
            services.leases().untrack(attempt);
            run.recorder().close();
        });
    }

    private StageContext stageContext(ClaimedRun run) {
        return new StageContext(
                run.attempt(),
                run.job(),
                progress(run),
                run.context().cancellation(),
                new DatabaseCheckpoint(run, services),
                () -> services.runs().taskResults().find(run.job().id(), StageName.SEGMENT));
    }

    private ProgressListener progress(ClaimedRun run) {
        return run.job().updateOptions().progress()
                ? fraction -> services.publisher().sendProgress(run.updates().progress(fraction))
                : ProgressListener.noop();
    }

    /** The last counted attempt was never settled, or this one would not have been granted. */
    private JobException workerLost() {
        return new JobException(
                ErrorCode.WORKER_LOST,
                "The worker stopped or lost its connections while processing the job, and all "
                        + route.retries().maxAttempts() + " attempts are used.");
    }

    private Future<RunOutcome> commit(ClaimedRun run, Completed completed) {
        services.steps().onStep(DeliveryStep.PROCESSED);
        Cost cost = run.cost();
        return run.commit(() -> services.databaseRetry()
                        .whileUnavailable(
                                run.context().cancellation(),
                                () -> completed.completion() instanceof TaskCompletion task
                                        ? services.runs().settlement().complete(run.attempt(), task, cost)
                                        : services.runs()
                                                .settlement()
                                                .complete(
                                                        run.attempt(), (StageCompletion) completed.completion(), cost)))
                .compose(result -> result == CommitResult.COMMITTED ? committed(run, completed) : fenced(run, cost));
    }

    /** What remains is cleanup: the publisher is notified first. */
    private Future<RunOutcome> committed(ClaimedRun run, Completed completed) {
        services.steps().onStep(DeliveryStep.COMMITTED);
        services.publisher().notifyOutbox();
        run.recorder().completed(completed.result().summary());
        health.completed();
        return switch (completed.completion().continuation()) {
            case JOB_COMPLETED ->
                services.jobCleanup().cleanUpCompleted(run.job().id()).map(RunOutcome.COMPLETED);
            case NEXT_STAGE -> Future.succeededFuture(RunOutcome.COMPLETED);
            case TASKS -> route.stage().taskCommitted(run.job()).map(RunOutcome.NOT_COMPLETED);
        };
    }

    private Future<RunOutcome> fenced(ClaimedRun run, Cost cost) {
        run.recorder().fenced();
        return failureHandler
                .addUnsettledCost(run, cost)
                .compose(added -> services.jobCleanup().cleanUpFenced(run.attempt()))
                .map(RunOutcome.NOT_COMPLETED);
    }

    /** A processed run with what it commits. */
    private record Completed(StageResult result, Completion completion) {}
}
