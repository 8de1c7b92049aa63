package dev.sluice.pipeline.run;

import dev.sluice.broker.Delivery;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.job.Attempt;
import dev.sluice.job.DeliveryStep;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.RunId;
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
    private final Onward onward;
    private final RunServices tools;
    private final Delivery delivery;
    private final CancellationToken cancellation;
    private final Function<StagedJob, OutboxMessage> again;
    private final DatabaseRetry patience;

    /** How the job goes on after the run. */
    public enum Onward {
        /** By a message to the next stage. */
        SENT,
        /** Under the delivery that this run was done for; a message is sent only if that gets lost. */
        HERE
    }

    /** What became of the run. */
    public enum Standing {
        /** It is done, by this call. */
        DONE,
        /** It was done before, or its job has ended. */
        FINISHED,
        /** What there is to do yet is somebody else's or another delivery's. */
        LEFT
    }

    /** @param again the message that brings the run of a job, as far as that is known, about another time */
    public RunExecutor(
            Vertx vertx,
            StageRoute route,
            Onward onward,
            RunServices tools,
            Delivery delivery,
            CancellationToken cancellation,
            Function<StagedJob, OutboxMessage> again) {
        this.vertx = vertx;
        this.route = route;
        this.onward = onward;
        this.tools = tools;
        this.delivery = delivery;
        this.cancellation = cancellation;
        this.again = again;
        this.patience = new DatabaseRetry(vertx, cancellation);
    }

    /** Sees the run through; fails only when the delivery has to go back to its queue. */
    public Future<Standing> see(RunId run, StagedJob job) {
        LeaseExpiryWaiter prior = new LeaseExpiryWaiter(vertx, tools.runs(), cancellation);
        return patience.untilTheDatabaseAnswers(
                        DeliverySettlement.HOLD,
                        () -> prior.outlive(delivery, run)
                                .compose(waited -> tools.runs()
                                        .claim(
                                                run,
                                                job,
                                                again.apply(job),
                                                tools.worker(),
                                                tools.delivery().lease(),
                                                claim -> news(claim).started())))
                .compose(outcome -> outcome instanceof ClaimResult.Granted granted
                        ? work(granted.claim())
                        : nothingToDo(outcome, job));
    }

    private Future<Standing> nothingToDo(ClaimResult outcome, StagedJob job) {
        boolean held = outcome instanceof ClaimResult.Held;
        RunMetrics counts = tools.monitor().of(route.name());
        (held ? counts.held : counts.repeated).increment();
        LOG.atDebug()
                .addKeyValue("jobId", job.id())
                .addKeyValue("stage", route.name().key())
                .addKeyValue("outcome", outcome)
                .log("somebody does or did this already");
        return Future.succeededFuture(held ? Standing.LEFT : Standing.FINISHED);
    }

    private Future<Standing> work(Claim claim) {
        Attempt attempt = claim.attempt();
        StagedJob job = claim.job();
        RunUpdates news = news(claim);
        RunOutcomeRecorder log = new RunOutcomeRecorder(attempt, tools.monitor().of(route.name()));
        StageContext run = new StageContext(
                attempt, job, progress(job, news), cancellation, new DatabaseCheckpoint(tools.runs(), claim, patience));
        tools.milestones().reached(DeliveryStep.CLAIMED);
        tools.updates().outboxHasRows();
        tools.leases().hold(attempt, cancellation);
        log.started();
        RunFailureHandler failed = new RunFailureHandler(route, tools, patience, delivery, job, () -> again.apply(job));
        Future<Standing> ending = attempt.number() > route.retries().maxAttempts()
                ? failed.giveUp(attempt, news, workerLost(), log).map(Standing.LEFT)
                : Future.succeededFuture(run)
                        .compose(route.stage()::run)
                        .map(result -> RunCompletion.of(
                                result, route, onward, news, tools.delivery().segmentsInFlight()))
                        .onComplete(worked -> tools.leases().settling(attempt))
                        .compose(
                                done -> commit(attempt, done, log),
                                cause -> failed.end(attempt, news, JobException.of(cause), log)
                                        .map(Standing.LEFT));
        return ending.onComplete(ended -> {
            tools.leases().letGo(attempt);
            log.ended();
        });
    }

    private ProgressListener progress(StagedJob job, RunUpdates news) {
        return job.answerForm().progress() ? done -> tools.updates().tick(news.tick(done)) : ProgressListener.none();
    }

    /** The last attempt that counted never said how it ended, or this one would not have been granted. */
    private JobException workerLost() {
        return new JobException(
                ErrorCode.WORKER_LOST,
                "The worker died or was cut off while working on this job, "
                        + route.retries().maxAttempts() + " attempts are used up.");
    }

    private Future<Standing> commit(Attempt attempt, RunCompletion done, RunOutcomeRecorder log) {
        tools.milestones().reached(DeliveryStep.WORKED);
        return patience.untilTheDatabaseAnswers(() -> done.commit().apply(tools.runs(), attempt))
                .compose(mine -> {
                    if (!mine) {
                        log.fenced();
                        return tools.workspace()
                                .discard(attempt)
                                .compose(gone ->
                                        tools.leftovers().ofFailed(attempt.run().job()))
                                .map(Standing.LEFT);
                    }
                    tools.milestones().reached(DeliveryStep.COMMITTED);
                    // What comes now is clearing away; nobody is to wait for that.
                    tools.updates().outboxHasRows();
                    log.done(done.summary());
                    return (done.follows() == RunCompletion.Follows.NOTHING
                                    ? tools.leftovers()
                                            .ofCompleted(attempt.run().job())
                                    : Future.<Void>succeededFuture())
                            .map(done.follows() == RunCompletion.Follows.TASKS ? Standing.LEFT : Standing.DONE);
                });
    }

    private RunUpdates news(Claim claim) {
        return new RunUpdates(claim, claim.job(), tools.worker(), Clock.systemUTC());
    }
}
