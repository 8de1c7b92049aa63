package dev.sluice.pipeline.run;

import dev.sluice.broker.Delivery;
import dev.sluice.common.async.CancellableDelay;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ExponentialBackoff;
import dev.sluice.job.DeliveryStep;
import dev.sluice.job.DeliveryStepListener;
import dev.sluice.job.JobException;
import dev.sluice.publisher.PublisherClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Settles deliveries, each once: acknowledges or requeues them after what follows from them is durable. */
public record DeliverySettlement(Vertx vertx, PublisherClient publisher, DeliveryStepListener steps) {
    private static final Logger LOG = LoggerFactory.getLogger(DeliverySettlement.class);

    /**
     * A requeued message is redelivered immediately. Quorum queues count redeliveries, and RabbitMQ 4.0 drops a message after 20
     * unless a policy says otherwise; the delay therefore grows.
     */
    static final ExponentialBackoff REQUEUE_BACKOFF =
            new ExponentialBackoff(Duration.ofSeconds(2), Duration.ofSeconds(60), 0.2);

    /** Acknowledges after {@code committed} succeeds; requeues after it fails. Never fails. */
    public Future<Void> settleAfter(Future<Void> committed, Delivery delivery, CancellationToken cancellation) {
        return committed.compose(durable -> acknowledge(delivery), cause -> requeue(delivery, cancellation, cause));
    }

    private Future<Void> acknowledge(Delivery delivery) {
        publisher.notifyOutbox();
        return delivery.ack().onSuccess(acknowledged -> steps.onStep(DeliveryStep.ACKNOWLEDGED));
    }

    private Future<Void> requeue(Delivery delivery, CancellationToken cancellation, Throwable cause) {
        if (!cancellation.isCancelled()) {
            LOG.atWarn()
                    .setCause(cause instanceof JobException ? null : cause)
                    .addKeyValue("queue", delivery.queue())
                    .addKeyValue("error", cause.getMessage())
                    .log("delivery requeued");
        }
        return new CancellableDelay(vertx, cancellation)
                .await(REQUEUE_BACKOFF.delay(delivery.deliveryCount() + 1))
                .compose(waited -> delivery.requeue());
    }
}
