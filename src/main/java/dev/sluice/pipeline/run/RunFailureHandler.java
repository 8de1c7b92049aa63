package dev.sluice.pipeline.run;

import dev.sluice.common.async.RetrySchedule;
import dev.sluice.job.Cost;
import dev.sluice.job.JobException;
import dev.sluice.message.JobUpdate;
import dev.sluice.persistence.outbox.OutboxMessage;
import dev.sluice.persistence.run.CommitResult;
import dev.sluice.persistence.run.RunSettlement;
import dev.sluice.pipeline.health.StageHealth;
import dev.sluice.routing.DeadLetterMessages;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Settles runs whose work failed; the error code decides how. */
final class RunFailureHandler {
    /** Long enough for a shortage on the host to end, short enough that the job is not held up. */
    private static final Duration DEFER_DELAY = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(RunFailureHandler.class);

    private final StageRoute route;
    private final Handoff handoff;
    private final RunServices services;
    private final StageHealth health;

    RunFailureHandler(StageRoute route, Handoff handoff, RunServices services, StageHealth health) {
        this.route = route;
        this.handoff = handoff;
        this.services = services;
        this.health = health;
    }

    /** Settles the run; fails only if the delivery must be requeued. */
    Future<Void> handle(ClaimedRun run, JobException failure) {
        markFailed(run, failure);
        return switch (failure.action()) {
            case FAIL -> fail(run, failure, Optional.empty());
            case RETRY -> retry(run, failure);
            case DEFER -> defer(run, failure);
            case REQUEUE -> requeue(run, failure);
            case ABANDON -> {
                run.recorder().abandoned(failure);
                yield addUnsettledCost(run, run.cost())
                        .compose(added ->
                                services.jobCleanup().cleanUpFailed(run.job().id()));
            }
        };
    }

    private static void markFailed(ClaimedRun run, JobException failure) {
        var unused = run.span()
                .failed(failure.code().wire())
                .with("sluice.action", failure.action().name().toLowerCase(Locale.ROOT));
    }

    private Future<Void> retry(ClaimedRun run, JobException failure) {
        health.failed(failure);
        return run.attempt().attemptNumber() < route.retries().maxAttempts()
                ? isPermanent(run, failure)
                        .compose(permanent -> permanent ? exhaustAttempts(run, failure) : retryLater(run, failure))
                : exhaustAttempts(run, failure);
    }

    /**
     * Whether this failure would be repeated: the attempt before failed alike on another worker, or on this one if it is the only
     * one. The history of a restarted job contains attempts from before its restart: they do not count.
     */
    private Future<Boolean> isPermanent(ClaimedRun run, JobException failure) {
        if (!failure.isDeterministic() || run.attempt().attemptNumber() == 1) {
            return Future.succeededFuture(false);
        }
        return run.claim()
                .lastFailure()
                .filter(last -> last.message().equals(failure.message()))
                .map(last -> last.worker().equals(services.worker())
                        ? health.hasPeers().map(others -> !others)
                        : Future.succeededFuture(true))
                .orElse(Future.succeededFuture(false));
    }

    /** Fails the job and dead-letters the message: all attempts are used, or the last two failed alike. */
    Future<Void> exhaustAttempts(ClaimedRun run, JobException failure) {
        markFailed(run, failure);
        return fail(
                run,
                failure,
                Optional.of(history -> DeadLetterMessages.attemptsExhausted(
                        run.context().delivery(), run.attempt(), failure, history)));
    }

    private Future<Void> fail(
            ClaimedRun run, JobException failure, Optional<Function<JsonArray, OutboxMessage>> deadLetter) {
        JobUpdate update = run.updates().failed(failure);
        return settle(
                        run,
                        cost -> settlement().fail(run.attempt(), failure, update, deadLetter, cost),
                        () -> run.recorder().failed(failure))
                .compose(
                        settled -> services.jobCleanup().cleanUpFailed(run.job().id()));
    }

    private Future<Void> retryLater(ClaimedRun run, JobException failure) {
        Duration delay =
                new RetrySchedule(route.retries().delays()).delay(run.attempt().attemptNumber());
        OutboxMessage redelivery = redelivery(run, delay);
        return settle(
                run,
                cost -> settlement().retryLater(run.attempt(), failure, redelivery, cost),
                () -> run.recorder().willRetry(failure, delay));
    }

    /** This host lacks a resource; another host may have it, or this one later. */
    private Future<Void> defer(ClaimedRun run, JobException failure) {
        OutboxMessage redelivery = redelivery(run, DEFER_DELAY);
        return settle(
                run,
                cost -> settlement().defer(run.attempt(), redelivery, cost),
                () -> run.recorder().deferred(failure, DEFER_DELAY));
    }

    /** The attempt is not counted, and the delivery is requeued even if the database does not answer. */
    private Future<Void> requeue(ClaimedRun run, JobException failure) {
        run.recorder().requeued();
        Cost cost = run.cost();
        return run.commit(() -> settlement().release(run.attempt(), cost))
                .compose(result ->
                        result == CommitResult.COMMITTED ? Future.succeededFuture() : addUnsettledCost(run, cost))
                .transform(released -> Future.failedFuture(failure));
    }

    private Future<Void> settle(ClaimedRun run, Function<Cost, Future<CommitResult>> settlement, Runnable committed) {
        Cost cost = run.cost();
        return run.commit(() -> services.databaseRetry()
                        .whileUnavailable(run.context().cancellation(), () -> settlement.apply(cost)))
                .compose(result -> {
                    if (result == CommitResult.COMMITTED) {
                        committed.run();
                        return Future.succeededFuture();
                    }
                    run.recorder().fenced();
                    return addUnsettledCost(run, cost);
                });
    }

    /** Adds what a run that was lost to another worker, or cancelled, has used. Never fails: the cost is not worth a requeue. */
    Future<Void> addUnsettledCost(ClaimedRun run, Cost cost) {
        return settlement()
                .addUnsettledCost(run.attempt(), cost)
                .onFailure(cause -> LOG.atWarn()
                        .addKeyValue("jobId", run.job().id())
                        .addKeyValue("stage", run.attempt().run().stage().key())
                        .addKeyValue("error", String.valueOf(cause.getMessage()))
                        .log("cost of discarded run not recorded"))
                .otherwiseEmpty();
    }

    private OutboxMessage redelivery(ClaimedRun run, Duration delay) {
        return handoff.redelivery(route.name(), run.job(), run.context().delivery())
                .delayedBy(delay);
    }

    private RunSettlement settlement() {
        return services.runs().settlement();
    }
}
