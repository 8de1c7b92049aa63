package dev.sluice.broker;

import io.vertx.core.Future;

/** A verticle that works only while it is connected to the broker. */
public interface BrokerVerticle {
    /**
     * Completes on the first connection after the start of the verticle; fails with a
     * {@link dev.sluice.broker.connection.BrokerException} if stopped before, or if the broker permanently refuses it.
     */
    Future<Void> whenConnected();

    /** As {@link #whenConnected()}, but fails only if the broker permanently refuses the verticle. */
    default Future<Void> whenAccepted() {
        return whenConnected()
                .recover(cause ->
                        TopologyDeclaration.isRefusal(cause) ? Future.failedFuture(cause) : Future.succeededFuture());
    }
}
