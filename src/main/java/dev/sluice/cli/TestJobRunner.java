package dev.sluice.cli;

import dev.sluice.broker.ConfirmedPublisher;
import dev.sluice.broker.OutgoingMessage;
import dev.sluice.broker.Topology;
import dev.sluice.broker.TopologyDeclaration;
import dev.sluice.broker.UpdateSubscription;
import dev.sluice.cli.output.UpdateFormatter;
import dev.sluice.config.RabbitMqConfig;
import dev.sluice.message.MessageCodec;
import dev.sluice.message.StagedJob;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Sends a test job as a backend does, and receives its updates. */
final class TestJobRunner {
    private final StagedJob job;
    private final Consumer<JsonObject> listener;
    private final Promise<JsonObject> end = Promise.promise();
    private final AtomicInteger updateCount = new AtomicInteger();

    /** @param listener receives each update of the job, on a thread of the AMQP client */
    TestJobRunner(StagedJob job, Consumer<JsonObject> listener) {
        this.job = job;
        this.listener = listener;
    }

    /** Sends the job and waits for its last update; empty after {@code timeout}. */
    Future<Optional<JsonObject>> run(
            Vertx vertx, RabbitMqConfig broker, UpdateSubscription.Source source, Duration timeout) {
        return TopologyDeclaration.declarePermitted(vertx, broker)
                .compose(declared -> UpdateSubscription.open(vertx, broker, source, this::onUpdate, false)
                        .recover(cause -> Future.failedFuture(explain(source, cause))))
                .compose(subscription -> send(vertx, broker, subscription, timeout));
    }

    /** A copy of the updates needs a queue, which the user may not be permitted to declare. */
    private static Throwable explain(UpdateSubscription.Source source, Throwable cause) {
        return source == UpdateSubscription.Source.PRIVATE_QUEUE && TopologyDeclaration.isRefusal(cause)
                ? new IllegalStateException(
                        cause.getMessage() + " A user that may not declare queues needs --from-queue.", cause)
                : cause;
    }

    private Future<Optional<JsonObject>> send(
            Vertx vertx, RabbitMqConfig broker, UpdateSubscription subscription, Duration timeout) {
        subscription.whenClosed().onFailure(end::tryFail);
        ConfirmedPublisher publisher = new ConfirmedPublisher(vertx, broker, false);
        publisher.start();
        return publisher
                .whenConnected()
                .compose(ready -> publisher.publish(message()))
                .compose(sent -> end.future())
                .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .map(Optional::of)
                .recover(TestJobRunner::onTimeout)
                .eventually(publisher::stop)
                .eventually(subscription::close);
    }

    /** Number of received updates of the job. */
    int updateCount() {
        return updateCount.get();
    }

    private boolean onUpdate(Buffer body) {
        JsonObject update;
        try {
            update = new JsonObject(body);
        } catch (DecodeException | ClassCastException notAnUpdate) {
            return false;
        }
        if (!job.id().value().equals(update.getValue("job_id"))) {
            return false;
        }
        updateCount.incrementAndGet();
        listener.accept(update);
        if (UpdateFormatter.isFinal(update)) {
            end.tryComplete(update);
        }
        return true;
    }

    private OutgoingMessage message() {
        return new OutgoingMessage(
                Topology.PROCESSING_EXCHANGE,
                Topology.DOWNLOAD_KEY,
                MessageCodec.encode(job),
                new JsonObject(),
                UUID.randomUUID().toString());
    }

    private static Future<Optional<JsonObject>> onTimeout(Throwable cause) {
        return cause instanceof TimeoutException
                ? Future.succeededFuture(Optional.empty())
                : Future.failedFuture(cause);
    }
}
