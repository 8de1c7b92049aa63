package dev.sluice.backend.update;

import dev.sluice.broker.Delivery;
import dev.sluice.broker.SupervisedConsumer;
import dev.sluice.broker.Topology;
import dev.sluice.config.RabbitMqConfig;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.message.DeadLetterHeaders;
import dev.sluice.message.MessageCodec;
import dev.sluice.message.ReceivedUpdate;
import dev.sluice.message.json.InvalidMessageException;
import dev.sluice.persistence.job.ReceivedUpdateRepository;
import dev.sluice.persistence.outbox.Outbox;
import dev.sluice.persistence.outbox.OutboxMessage;
import dev.sluice.persistence.outbox.OutboxNotifier;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consumes the updates queue and applies the updates to the user's tables, one after the other. Undecodable updates and updates
 * of unknown jobs are dead-lettered; while the database is unavailable no update is applied.
 */
public final class UpdateConsumerVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(UpdateConsumerVerticle.class);
    private static final int PREFETCH = 50;
    private static final Duration RETRY_DELAY = Duration.ofSeconds(1);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(3);
    /** Bytes; enough to see what it was. */
    private static final int KEPT_OF_TOO_LARGE = 64 << 10;

    private final RabbitMqConfig broker;
    private final ReceivedUpdateRepository receivedUpdates;
    private final Outbox outbox;
    private final OutboxNotifier outboxNotifier;
    private Future<Void> last = Future.succeededFuture();
    private @Nullable SupervisedConsumer consumer;
    private boolean stopping;
    private boolean failing;

    public UpdateConsumerVerticle(
            RabbitMqConfig broker, ReceivedUpdateRepository receivedUpdates, Outbox outbox, OutboxNotifier outboxNotifier) {
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
    public Future<?> stop() {
        stopping = true;
        SupervisedConsumer started = Objects.requireNonNull(consumer);
        return started.pause()
                // Updates that are not applied by then are redelivered.
                .compose(paused -> last.timeout(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                        .otherwiseEmpty())
                .eventually(started::stop);
    }

    /** Updates are processed in the order of delivery. */
    private void enqueue(Delivery delivery) {
        last = last.transform(before -> {
            Promise<Void> settled = Promise.promise();
            processUntilSettled(delivery, settled);
            return settled.future();
        });
    }

    // A promise instead of a chain of futures: an outage of hours would overflow the stack.
    private void processUntilSettled(Delivery delivery, Promise<Void> settled) {
        if (stopping || delivery.isStale()) {
            delivery.requeue().onComplete(settled);
            return;
        }
        apply(delivery)
                .recover(cause -> JobException.of(cause).code() == ErrorCode.DATABASE_UNAVAILABLE
                        ? Future.failedFuture(cause)
                        : deadLetter(
                                delivery,
                                JobException.of(cause).code(),
                                JobException.of(cause).message(),
                                Optional.empty()))
                .onSuccess(applied -> {
                    failing = false;
                    delivery.ack().onComplete(settled);
                })
                .onFailure(unavailable -> {
                    logFirst(unavailable);
                    vertx.setTimer(RETRY_DELAY.toMillis(), waited -> processUntilSettled(delivery, settled));
                });
    }

    private Future<Void> apply(Delivery delivery) {
        ReceivedUpdate update;
        try {
            update = MessageCodec.decodeUpdate(delivery.body());
        } catch (InvalidMessageException invalid) {
            return deadLetter(
                    delivery, ErrorCode.INVALID_MESSAGE, String.valueOf(invalid.getMessage()), Optional.empty());
        }
        return receivedUpdates
                .apply(update)
                .compose(outcome -> outcome == ReceivedUpdateRepository.Outcome.UNKNOWN_JOB
                        ? deadLetter(
                                delivery,
                                ErrorCode.UNKNOWN_JOB,
                                "The job is unknown.",
                                Optional.of(update.job()))
                        : Future.succeededFuture());
    }

    private Future<Void> deadLetter(Delivery delivery, ErrorCode code, String error, Optional<JobId> job) {
        JsonObject headers = new DeadLetterHeaders(
                        Optional.of(Topology.UPDATES_QUEUE),
                        Optional.of(code.wire()),
                        Optional.of(error),
                        job,
                        Optional.empty(),
                        0,
                        Optional.of(Instant.now()),
                        new JsonArray())
                .toHeaders();
        Buffer body = delivery.body();
        boolean whole = body.length() <= MessageCodec.MAX_BYTES;
        OutboxMessage letter = new OutboxMessage(
                Topology.DEFAULT_EXCHANGE,
                Topology.DEAD_LETTER_QUEUE,
                whole ? body : body.getBuffer(0, KEPT_OF_TOO_LARGE),
                whole
                        ? headers
                        : headers.put(DeadLetterHeaders.ORIGINAL_LENGTH, body.length())
                                .put(DeadLetterHeaders.TRUNCATED, true),
                UUID.randomUUID().toString(),
                Optional.empty(),
                Duration.ZERO);
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
