package dev.sluice.pipeline;

import dev.sluice.broker.Delivery;
import dev.sluice.common.async.CancellationToken;
import io.vertx.core.Future;

/** Handles the deliveries of a queue. */
@FunctionalInterface
public interface DeliveryHandler {
    /**
     * Handles a delivery until it is acknowledged or requeued. Never fails.
     *
     * @param cancellation ends the work early; the delivery is requeued then
     */
    Future<Void> handle(Delivery delivery, CancellationToken cancellation);
}
