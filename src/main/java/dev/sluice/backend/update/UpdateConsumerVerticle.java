package dev.sluice.backend.update;

import dev.sluice.broker.BrokerVerticle;
import dev.sluice.broker.Delivery;
import dev.sluice.broker.SupervisedConsumer;
import dev.sluice.broker.Topology;
import dev.sluice.common.async.AsyncRetry;
import dev.sluice.common.async.CancellableDelay;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ExponentialBackoff;
import dev.sluice.common.async.PayloadExecutor;
import dev.sluice.config.RabbitMqConfig;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.message.MessageCodec;
import dev.sluice.message.ReceivedUpdate;
import dev.sluice.message.json.InvalidMessageException;
import dev.sluice.persistence.job.ReceivedUpdateRepository;
import dev.sluice.persistence.outbox.Outbox;
import dev.sluice.persistence.outbox.OutboxMessage;
import dev.sluice.persistence.outbox.OutboxNotifier;
import dev.sluice.routing.DeadLetterMessages;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consumes the updates queue and applies the updates to the user's tables, one after the other. Undecodable updates and updates
 * of unknown jobs are dead-lettered; while the database is unavailable no update is applied.
 */
public final class UpdateConsumerVerticle extends VerticleBase implements BrokerVerticle {
    private static final Logger LOG = LoggerFactory.getLogger(UpdateConsumerVerticle.class);
    private static final int PREFETCH = 50;
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(3);

    private final RabbitMqConfig broker;
    private final ReceivedUpdateRepository receivedUpdates;
    private final Outbox outbox;
    private final OutboxNotifier outboxNotifier;
    private final CancellationToken stop = new CancellationToken();
    private Future<Void> last = Future.succeededFuture();
    private @Nullable SupervisedConsumer consumer;
    private boolean failing;

    public UpdateConsumerVerticle(
            RabbitMqConfig broker,
            ReceivedUpdateRepository receivedUpdates,
            Outbox outbox,
            OutboxNotifier outboxNotifier) {
        this.broker = broker;
        this.receivedUpdates = receivedUpdates;
        this.outbox = outbox;
        this.outboxNotifier = outboxNotifier;
    }

    @Override
    public Future<?> start() {
        SupervisedConsumer started =
                new SupervisedConsumer(vertx, broker, Topology.UPDATES_QUEUE, PREFETCH, this::enqueue);
        consumer = started;
        started.start();
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> whenConnected() {
        return Objects.requireNonNull(consumer).whenConsuming();
    }

    @Override
    public Future<?> stop() {
        stop.cancel(new JobException(ErrorCode.SHUTDOWN, "The worker is shutting down."));
        SupervisedConsumer started = Objects.requireNonNull(consumer);
        return started.stopConsuming()
                // Updates that are not applied by then are redelivered.
                .compose(paused -> last.timeout(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                        .otherwiseEmpty())
                .eventually(started::stop);
    }

    /** Updates are processed in the order of delivery. */
    private void enqueue(Delivery delivery) {
        AsyncRetry retry = new AsyncRetry(
                new CancellableDelay(vertx, stop),
                ExponentialBackoff.RECONNECT,
                cause -> JobException.of(cause).code() == ErrorCode.DATABASE_UNAVAILABLE,
                (cause, delay) -> logFirst(cause));
        last = last.transform(before -> retry.run(() -> process(delivery)));
    }

    private Future<Void> process(Delivery delivery) {
        if (stop.isCancelled() || delivery.isStale()) {
            return delivery.requeue();
        }
        return apply(delivery)
                .recover(cause -> JobException.of(cause).code() == ErrorCode.DATABASE_UNAVAILABLE
                        ? Future.failedFuture(cause)
                        : deadLetter(
                                delivery,
                                JobException.of(cause).code(),
                                JobException.of(cause).message(),
                                Optional.empty()))
                .compose(applied -> {
                    failing = false;
                    return delivery.ack();
                });
    }

    private Future<Void> apply(Delivery delivery) {
        return PayloadExecutor.execute(delivery.body().length(), () -> MessageCodec.decodeUpdate(delivery.body()))
                .compose(update -> apply(delivery, update))
                .recover(cause -> cause instanceof InvalidMessageException invalid
                        ? deadLetter(
                                delivery,
                                ErrorCode.INVALID_MESSAGE,
                                String.valueOf(invalid.getMessage()),
                                Optional.empty())
                        : Future.failedFuture(cause));
    }

    private Future<Void> apply(Delivery delivery, ReceivedUpdate update) {
        return receivedUpdates
                .apply(update)
                .compose(outcome -> outcome == ReceivedUpdateRepository.Outcome.UNKNOWN_JOB
                        ? deadLetter(delivery, ErrorCode.UNKNOWN_JOB, "The job is unknown.", Optional.of(update.job()))
                        : Future.succeededFuture());
    }

    private Future<Void> deadLetter(Delivery delivery, ErrorCode code, String error, Optional<JobId> job) {
        OutboxMessage letter = DeadLetterMessages.rejected(delivery, code, error, Optional.empty(), job);
        return outbox.enqueue(letter).onSuccess(put -> {
            outboxNotifier.notifyOutbox();
            LOG.atWarn()
                    .addKeyValue("queue", Topology.UPDATES_QUEUE)
                    .addKeyValue("jobId", job.map(JobId::value).orElse(""))
                    .addKeyValue("errorCode", code.wire())
                    .addKeyValue("error", error)
                    .log("update dead-lettered");
        });
    }

    private void logFirst(Throwable cause) {
        if (!failing) {
            LOG.atWarn()
                    .addKeyValue("errorCode", JobException.of(cause).code().wire())
                    .addKeyValue("error", String.valueOf(cause.getMessage()))
                    .log("applying updates failed; retrying");
        }
        failing = true;
    }
}
