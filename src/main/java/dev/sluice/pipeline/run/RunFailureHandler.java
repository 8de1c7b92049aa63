package dev.sluice.pipeline.run;

import dev.sluice.broker.Delivery;
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
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;

/** The endings of a run whose work failed; which one is a property of the failure. */
final class RunFailureHandler {
    /** Long enough for something to be over elsewhere on the host, short enough for nobody to wait for it. */
    private static final Duration PUT_OFF_FOR = Duration.ofSeconds(30);

    private final StageRoute route;
    private final RunServices tools;
    private final DatabaseRetry patience;
    private final Delivery delivery;
    private final StagedJob job;
    private final Supplier<OutboxMessage> again;

    /** @param again the message that brings the run about another time */
    RunFailureHandler(
            StageRoute route,
            RunServices tools,
            DatabaseRetry patience,
            Delivery delivery,
            StagedJob job,
            Supplier<OutboxMessage> again) {
        this.route = route;
        this.tools = tools;
        this.patience = patience;
        this.delivery = delivery;
        this.job = job;
        this.again = again;
    }

    /** Writes down how the run ended; fails only when the delivery has to go back to its queue. */
    Future<Void> end(Attempt attempt, RunUpdates news, JobException failure, RunOutcomeRecorder log) {
        return switch (failure.verdict()) {
            case FAIL -> fail(attempt, news, failure, log, Optional.empty());
            case RETRY ->
                attempt.number() < route.retries().maxAttempts()
                        ? retryLater(attempt, failure, log)
                        : giveUp(attempt, news, failure, log);
            case POSTPONE -> putOff(attempt, failure, log);
            case RELEASE -> release(attempt, failure, log);
            case ABANDON -> {
                log.abandoned(failure);
                yield tools.leftovers().ofFailed(job.id());
            }
        };
    }

    /** Ends the job as failed for good: its attempts are used up, and the message goes to the dead letters. */
    Future<Void> giveUp(Attempt attempt, RunUpdates news, JobException failure, RunOutcomeRecorder log) {
        return fail(
                attempt,
                news,
                failure,
                log,
                Optional.of(history -> StageMessages.givenUp(delivery, route, attempt, failure, history)));
    }

    private Future<Void> fail(
            Attempt attempt,
            RunUpdates news,
            JobException failure,
            RunOutcomeRecorder log,
            Optional<Function<JsonArray, OutboxMessage>> dead) {
        JobUpdate update = news.failed(failure);
        return patience.untilTheDatabaseAnswers(() -> tools.runs().fail(attempt, failure, update, dead))
                .compose(mine -> {
                    if (mine) {
                        log.failed(failure);
                    } else {
                        log.fenced();
                    }
                    return tools.leftovers().ofFailed(job.id());
                });
    }

    private Future<Void> retryLater(Attempt attempt, JobException failure, RunOutcomeRecorder log) {
        Duration delay =
                new RetrySchedule(route.retries().backoff(), ThreadLocalRandom.current()).after(attempt.number());
        OutboxMessage message = again.get();
        return patience.untilTheDatabaseAnswers(() -> tools.runs().retryLater(attempt, failure, delay, message))
                .onSuccess(mine -> tell(mine, log, () -> log.willRetry(failure, delay)))
                .mapEmpty();
    }

    /** This host cannot do it now; perhaps another can, or this one in a while. */
    private Future<Void> putOff(Attempt attempt, JobException failure, RunOutcomeRecorder log) {
        OutboxMessage message = again.get();
        return patience.untilTheDatabaseAnswers(() -> tools.runs().putOff(attempt, PUT_OFF_FOR, message))
                .onSuccess(mine -> tell(mine, log, () -> log.putOff(failure, PUT_OFF_FOR)))
                .mapEmpty();
    }

    private static void tell(boolean mine, RunOutcomeRecorder log, Runnable ending) {
        if (mine) {
            ending.run();
        } else {
            log.fenced();
        }
    }

    /** The attempt is not counted, and the delivery goes back whether or not the database could be told. */
    private Future<Void> release(Attempt attempt, JobException failure, RunOutcomeRecorder log) {
        log.released();
        return tools.runs().release(attempt).transform(told -> Future.failedFuture(failure));
    }
}
