package dev.sluice.publisher;

import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonObject;

/**
 * Event-bus client of the publisher verticle. Messages are JSON and may be lost: the publisher also polls the outbox, and
 * progress updates are not guaranteed.
 */
public final class PublisherClient {
    static final String OUTBOX_ADDRESS = "sluice.outbox";
    static final String PROGRESS_ADDRESS = "sluice.progress";

    private static final DeliveryOptions LOCAL_ONLY = new DeliveryOptions().setLocalOnly(true);

    private final Vertx vertx;

    public PublisherClient(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Notifies the publisher of new rows in the outbox. */
    public void notifyOutbox() {
        send(OUTBOX_ADDRESS, new JsonObject());
    }

    /** Sends progress; the publisher throttles it. */
    public void sendProgress(ProgressEvent event) {
        send(PROGRESS_ADDRESS, event.toJson());
    }

    /**
     * Sends to the publisher of this host, so that the progress of one job is throttled in one place. While that publisher is
     * undeployed, sends to one of another host of the cluster.
     */
    private void send(String address, JsonObject message) {
        if (vertx.isClustered()) {
            vertx.eventBus()
                    .request(address, message, LOCAL_ONLY)
                    .onFailure(noLocalPublisher -> vertx.eventBus().send(address, message));
        } else {
            vertx.eventBus().send(address, message);
        }
    }
}
