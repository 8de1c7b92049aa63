package dev.sluice.pipeline.run;

import dev.sluice.broker.Delivery;
import dev.sluice.common.async.CancellableDelay;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.job.DeliveryStep;
import dev.sluice.job.DeliveryStepListener;
import dev.sluice.job.JobException;
import dev.sluice.publisher.PublisherClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Settles deliveries, each once: acknowledges or requeues them after what follows from them is durable. */
public record DeliverySettlement(Vertx vertx, PublisherClient publisher, DeliveryStepListener steps) {
    private static final Logger LOG = LoggerFactory.getLogger(DeliverySettlement.class);

    /** Acknowledges after {@code committed} succeeds; requeues after it fails. Never fails. */
    public Future<Void> settleAfter(Future<Void> committed, Delivery delivery, CancellationToken cancellation) {
        return committed.compose(durable -> acknowledge(delivery), cause -> requeue(delivery, cancellation, cause));
    }

    private Future<Void> acknowledge(Delivery delivery) {
        publisher.notifyOutbox();
        return delivery.ack().onSuccess(acknowledged -> steps.onStep(DeliveryStep.ACKNOWLEDGED));
    }

    private Future<Void> requeue(Delivery delivery, CancellationToken cancellation, Throwable cause) {
        if (cancellation.reason().isEmpty()) {
            LOG.atWarn()
                    .setCause(cause instanceof JobException ? null : cause)
                    .addKeyValue("queue", delivery.queue())
                    .addKeyValue("error", cause.getMessage())
                    .log("delivery requeued");
        }
        return new CancellableDelay(vertx, cancellation)
                .await(RequeueDelay.forDeliveryCount(delivery.deliveryCount()))
                .compose(waited -> delivery.requeue());
    }
}
