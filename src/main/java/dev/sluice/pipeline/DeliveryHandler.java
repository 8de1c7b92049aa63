package dev.sluice.pipeline;

import dev.sluice.broker.Delivery;
import dev.sluice.common.async.CancellationToken;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** What is done with the deliveries of a queue. */
@FunctionalInterface
public interface DeliveryHandler {
    /**
     * Sees one through, to its acknowledgement or back to its queue. Never fails.
     *
     * @param cancellation ends the work early; the delivery goes back then
     */
    Future<Void> handle(Vertx vertx, Delivery delivery, CancellationToken cancellation);
}
