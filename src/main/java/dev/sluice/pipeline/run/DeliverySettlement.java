package dev.sluice.pipeline.run;

import dev.sluice.broker.Delivery;
import dev.sluice.common.async.CancellableDelay;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ExponentialBackoff;
import dev.sluice.job.DeliveryStep;
import dev.sluice.job.JobException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of a delivery: it is settled once, whatever happened, and only after what follows from it is durable. */
public record DeliverySettlement(Vertx vertx, RunServices services, Delivery delivery, CancellationToken cancellation) {
    private static final Logger LOG = LoggerFactory.getLogger(DeliverySettlement.class);
    /**
     * How long a delivery is held while the database does not answer. Brokers count how often a message came back, and some drop
     * it then; but it is to go on with another worker where only the way from this one is broken.
     */
    public static final Duration HOLD = Duration.ofSeconds(60);

    /**
     * A requeued message is redelivered at once. Quorum queues count redeliveries, and RabbitMQ 4.0 drops a message after 20 unless
     * a policy says otherwise; the delay therefore grows.
     */
    static final ExponentialBackoff REQUEUE_BACKOFF =
            new ExponentialBackoff(Duration.ofSeconds(2), Duration.ofSeconds(60), 0.2);

    /** Acknowledges when all that follows is durable, gives back when it could not be made so. Never fails. */
    public Future<Void> settleAfter(Future<Void> followed) {
        return followed.compose(durable -> acknowledge(), this::requeue);
    }

    private Future<Void> acknowledge() {
        services.updates().notifyOutbox();
        return delivery.ack().onSuccess(acknowledged -> services.stepListener().onStep(DeliveryStep.ACKNOWLEDGED));
    }

    private Future<Void> requeue(Throwable cause) {
        if (!cancellation.isCancelled()) {
            LOG.atWarn()
                    .setCause(cause instanceof JobException ? null : cause)
                    .addKeyValue("queue", delivery.queue())
                    .addKeyValue("error", cause.getMessage())
                    .log("delivery goes back to its queue");
        }
        return new CancellableDelay(vertx, cancellation)
                .await(REQUEUE_BACKOFF.delay(delivery.deliveryCount() + 1))
                .compose(waited -> delivery.requeue());
    }
}
