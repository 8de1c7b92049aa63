package dev.sluice.stage;

import dev.sluice.broker.Delivery;
import dev.sluice.job.Attempt;
import dev.sluice.job.Cancellation;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobFailure;
import dev.sluice.job.Milestone;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.message.Codec;
import dev.sluice.message.InvalidMessage;
import dev.sluice.message.StagedJob;
import dev.sluice.store.Claim;
import dev.sluice.store.ClaimOutcome;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One delivery on its way: claim, work, commit, acknowledge. Whatever happens it is settled once, and only after what
 * follows from it is durable.
 */
final class DeliveryFlow {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryFlow.class);
    /**
     * How long a delivery is held while the database does not answer. Brokers count how often a message came back, and some drop
     * it then; but it is to go on with another worker where only the way from this one is broken.
     */
    private static final Duration HOLD = Duration.ofSeconds(60);

    private final Vertx vertx;
    private final Route route;
    private final StageTools tools;
    private final Delivery delivery;
    private final Cancellation cancellation;
    private final Patience patience;

    DeliveryFlow(Vertx vertx, Route route, StageTools tools, Delivery delivery, Cancellation cancellation) {
        this.vertx = vertx;
        this.route = route;
        this.tools = tools;
        this.delivery = delivery;
        this.cancellation = cancellation;
        this.patience = new Patience(vertx, cancellation);
    }

    /** Sees the delivery through; the future never fails. */
    Future<Void> run() {
        return Future.succeededFuture(delivery)
                .compose(come -> claim(Codec.stagedJob(come.body(), route.name())))
                .recover(cause ->
                        cause instanceof InvalidMessage invalid ? setAside(invalid) : Future.failedFuture(cause))
                .compose(followed -> acknowledge(), this::giveBack);
    }

    /** A message that no retry will make readable: out of the way, to where a person finds it with the reason. */
    private Future<Void> setAside(InvalidMessage invalid) {
        LOG.atWarn()
                .addKeyValue("queue", route.queue())
                .addKeyValue("bytes", delivery.body().length())
                .addKeyValue("error", invalid.getMessage())
                .log("message cannot be read, moved to the dead letters");
        return patience.untilTheDatabaseAnswers(
                HOLD, () -> tools.outbox().put(Outgoing.unreadable(delivery, route, invalid)));
    }

    private Future<Void> claim(StagedJob job) {
        RunId run = runOf(job);
        PriorLease prior = new PriorLease(vertx, tools.runs(), cancellation);
        return patience.untilTheDatabaseAnswers(
                        HOLD,
                        () -> prior.outlive(delivery, run)
                                .compose(waited -> tools.runs()
                                        .claim(
                                                run,
                                                job,
                                                Outgoing.again(delivery, route),
                                                tools.worker(),
                                                tools.delivery().lease(),
                                                claim -> news(claim).started())))
                .compose(outcome -> outcome instanceof ClaimOutcome.Granted granted
                        ? work(granted.claim())
                        : nothingToDo(outcome, job));
    }

    private RunId runOf(StagedJob job) {
        return route.name() == StageName.SEGMENT
                ? new RunId(job.id(), route.name(), job.task())
                : RunId.whole(job.id(), route.name());
    }

    private Future<Void> nothingToDo(ClaimOutcome outcome, StagedJob job) {
        RunCounts counts = tools.monitor().of(route.name());
        (outcome instanceof ClaimOutcome.Held ? counts.held : counts.repeated).increment();
        LOG.atDebug()
                .addKeyValue("jobId", job.id())
                .addKeyValue("stage", route.name().key())
                .addKeyValue("outcome", outcome)
                .log("somebody does or did this already");
        return Future.succeededFuture();
    }

    private Future<Void> work(Claim claim) {
        Attempt attempt = claim.attempt();
        StagedJob job = claim.job();
        RunNews news = news(claim);
        RunLog log = new RunLog(attempt, tools.monitor().of(route.name()));
        StageRun run = new StageRun(
                attempt,
                job,
                done -> tools.updates().tick(news.tick(done)),
                cancellation,
                new RunCheckpoint(tools.runs(), claim, patience));
        tools.milestones().reached(Milestone.CLAIMED);
        tools.updates().outboxHasRows();
        tools.leases().hold(attempt, cancellation);
        log.started();
        FailedRun failed = new FailedRun(route, tools, patience, delivery, job);
        Future<Void> ending = attempt.number() > route.retries().maxAttempts()
                ? failed.giveUp(attempt, news, workerLost(), log)
                : Future.succeededFuture(run)
                        .compose(route.stage()::run)
                        .map(result ->
                                Ending.of(result, route, news, tools.delivery().segmentsInFlight()))
                        .onComplete(worked -> tools.leases().settling(attempt))
                        .compose(
                                done -> commit(attempt, done, log),
                                cause -> failed.end(attempt, news, JobFailure.of(cause), log));
        return ending.onComplete(ended -> {
            tools.leases().letGo(attempt);
            log.ended();
        });
    }

    /** The last attempt that counted never said how it ended, or this one would not have been granted. */
    private JobFailure workerLost() {
        return new JobFailure(
                ErrorCode.WORKER_LOST,
                "The worker died or was cut off while working on this job, "
                        + route.retries().maxAttempts() + " attempts are used up.");
    }

    private Future<Void> commit(Attempt attempt, Ending done, RunLog log) {
        tools.milestones().reached(Milestone.WORKED);
        return patience.untilTheDatabaseAnswers(() -> done.commit().apply(tools.runs(), attempt))
                .compose(mine -> {
                    if (!mine) {
                        log.fenced();
                        return tools.workspace()
                                .discard(attempt)
                                .compose(gone ->
                                        tools.leftovers().ofFailed(attempt.run().job()));
                    }
                    tools.milestones().reached(Milestone.COMMITTED);
                    // What comes now is clearing away; nobody is to wait for that.
                    tools.updates().outboxHasRows();
                    log.done(done.summary());
                    return done.isLast()
                            ? tools.leftovers().ofCompleted(attempt.run().job())
                            : Future.succeededFuture();
                });
    }

    private Future<Void> acknowledge() {
        tools.updates().outboxHasRows();
        return delivery.ack().onSuccess(acknowledged -> tools.milestones().reached(Milestone.ACKNOWLEDGED));
    }

    private Future<Void> giveBack(Throwable cause) {
        if (cancellation.reason().isEmpty()) {
            LOG.atWarn()
                    .setCause(cause instanceof JobFailure ? null : cause)
                    .addKeyValue("queue", route.queue())
                    .addKeyValue("error", cause.getMessage())
                    .log("delivery goes back to its queue");
        }
        return new Pause(vertx, cancellation)
                .of(GivingBack.after(delivery.returns()))
                .compose(waited -> delivery.giveBack());
    }

    private RunNews news(Claim claim) {
        return new RunNews(claim, claim.job(), tools.worker(), Clock.systemUTC());
    }
}
