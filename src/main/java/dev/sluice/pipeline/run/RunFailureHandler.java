package dev.sluice.pipeline.run;

import dev.sluice.broker.Delivery;
import dev.sluice.common.async.RetrySchedule;
import dev.sluice.job.Attempt;
import dev.sluice.job.JobException;
import dev.sluice.message.JobUpdate;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.outbox.OutboxMessage;
import dev.sluice.pipeline.metrics.RunOutcomeRecorder;
import dev.sluice.routing.StageMessages;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** The endings of a run whose work failed; which one is a property of the failure. */
final class RunFailureHandler {
    /** Long enough for something to be over elsewhere on the host, short enough for nobody to wait for it. */
    private static final Duration DEFER_DELAY = Duration.ofSeconds(30);

    private final StageRoute route;
    private final RunServices services;
    private final DatabaseRetry databaseRetry;
    private final Delivery delivery;
    private final StagedJob job;
    private final Supplier<OutboxMessage> again;

    /** @param again the message that brings the run about another time */
    RunFailureHandler(
            StageRoute route,
            RunServices services,
            DatabaseRetry databaseRetry,
            Delivery delivery,
            StagedJob job,
            Supplier<OutboxMessage> again) {
        this.route = route;
        this.services = services;
        this.databaseRetry = databaseRetry;
        this.delivery = delivery;
        this.job = job;
        this.again = again;
    }

    /** Writes down how the run ended; fails only when the delivery has to go back to its queue. */
    Future<Void> handle(Attempt attempt, RunUpdates updates, JobException failure, RunOutcomeRecorder recorder) {
        return switch (failure.action()) {
            case FAIL -> fail(attempt, updates, failure, recorder, Optional.empty());
            case RETRY ->
                attempt.attemptNumber() < route.retries().maxAttempts()
                        ? retryLater(attempt, failure, recorder)
                        : exhaustAttempts(attempt, updates, failure, recorder);
            case DEFER -> defer(attempt, failure, recorder);
            case REQUEUE -> requeue(attempt, failure, recorder);
            case ABANDON -> {
                recorder.abandoned(failure);
                yield services.jobCleanup().cleanUpFailed(job.id());
            }
        };
    }

    /** Ends the job as failed for good: its attempts are used up, and the message goes to the dead letters. */
    Future<Void> exhaustAttempts(
            Attempt attempt, RunUpdates updates, JobException failure, RunOutcomeRecorder recorder) {
        return fail(
                attempt,
                updates,
                failure,
                recorder,
                Optional.of(history -> StageMessages.givenUp(delivery, route, attempt, failure, history)));
    }

    private Future<Void> fail(
            Attempt attempt,
            RunUpdates updates,
            JobException failure,
            RunOutcomeRecorder recorder,
            Optional<Function<JsonArray, OutboxMessage>> dead) {
        JobUpdate update = updates.failed(failure);
        return databaseRetry
                .retryWhileUnavailable(() -> services.runs().fail(attempt, failure, update, dead))
                .compose(mine -> {
                    if (mine) {
                        recorder.failed(failure);
                    } else {
                        recorder.fenced();
                    }
                    return services.jobCleanup().cleanUpFailed(job.id());
                });
    }

    private Future<Void> retryLater(Attempt attempt, JobException failure, RunOutcomeRecorder recorder) {
        Duration delay = new RetrySchedule(route.retries().delays()).delay(attempt.attemptNumber());
        OutboxMessage message = again.get();
        return databaseRetry
                .retryWhileUnavailable(() -> services.runs().retryLater(attempt, failure, delay, message))
                .onSuccess(mine -> tell(mine, recorder, () -> recorder.willRetry(failure, delay)))
                .mapEmpty();
    }

    /** This host cannot do it now; perhaps another can, or this one in a while. */
    private Future<Void> defer(Attempt attempt, JobException failure, RunOutcomeRecorder recorder) {
        OutboxMessage message = again.get();
        return databaseRetry
                .retryWhileUnavailable(() -> services.runs().defer(attempt, DEFER_DELAY, message))
                .onSuccess(mine -> tell(mine, recorder, () -> recorder.deferred(failure, DEFER_DELAY)))
                .mapEmpty();
    }

    private static void tell(boolean mine, RunOutcomeRecorder recorder, Runnable ending) {
        if (mine) {
            ending.run();
        } else {
            recorder.fenced();
        }
    }

    /** The attempt is not counted, and the delivery goes back whether or not the database could be told. */
    private Future<Void> requeue(Attempt attempt, JobException failure, RunOutcomeRecorder recorder) {
        recorder.requeued();
        return services.runs().release(attempt).transform(told -> Future.failedFuture(failure));
    }
}
