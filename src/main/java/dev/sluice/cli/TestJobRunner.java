package dev.sluice.cli;

import dev.sluice.broker.ConfirmedPublisher;
import dev.sluice.broker.OutgoingMessage;
import dev.sluice.broker.Topology;
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

/** One job sent to whatever works on the queues, as any backend would send it, and the updates that come of it. */
final class TestJobRunner {
    private final StagedJob job;
    private final Consumer<JsonObject> show;
    private final Promise<JsonObject> end = Promise.promise();
    private final AtomicInteger updateCount = new AtomicInteger();

    /** @param show is given each update of the job; not on a thread of ours */
    TestJobRunner(StagedJob job, Consumer<JsonObject> show) {
        this.job = job;
        this.show = show;
    }

    /** Sends the job and listens until it has ended, at most for {@code limit}; gives the last update, empty if late. */
    Future<Optional<JsonObject>> run(
            Vertx vertx, RabbitMqConfig broker, UpdateSubscription.Source source, Duration limit) {
        return UpdateSubscription.open(vertx, broker, source, this::onUpdate).compose(subscription -> {
            subscription.whenClosed().onFailure(end::tryFail);
            ConfirmedPublisher publisher = new ConfirmedPublisher(vertx, broker);
            publisher.start();
            return publisher
                    .whenConnected()
                    .compose(ready -> publisher.publish(message()))
                    .compose(sent -> end.future())
                    .timeout(limit.toMillis(), TimeUnit.MILLISECONDS)
                    .map(Optional::of)
                    .recover(TestJobRunner::onTimeout)
                    .eventually(publisher::stop)
                    .eventually(subscription::close);
        });
    }

    /** How many updates of the job have come. */
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
        show.accept(update);
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
