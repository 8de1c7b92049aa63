package dev.sluice.publisher;

import dev.sluice.broker.Topology;
import dev.sluice.message.JobUpdate;
import dev.sluice.message.MessageCodec;
import dev.sluice.persistence.outbox.OutboxMessage;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * How the rest of the system talks to the publisher verticle, on whichever host it is: what crosses the event bus is JSON.
 * Nothing here may be relied on: rows that nobody announced are found by the sweep, ticks may be lost.
 */
public final class PublisherClient {
    static final String OUTBOX = "sluice.outbox";
    static final String PROGRESS_ADDRESS = "sluice.ticks";

    private static final DeliveryOptions LOCAL_ONLY = new DeliveryOptions().setLocalOnly(true);

    private final Vertx vertx;

    public PublisherClient(Vertx vertx) {
        this.vertx = vertx;
    }

    /** An update as a row of the outbox; those of one job leave in the order in which they were put. */
    public static OutboxMessage inOutbox(JobUpdate update) {
        return new OutboxMessage(
                Topology.UPDATES_EXCHANGE,
                Topology.UPDATE_KEY,
                MessageCodec.encode(update),
                new JsonObject(),
                messageId(update),
                Optional.of(update.jobId().value()),
                Duration.ZERO);
    }

    /** The same for the same update; a job id itself may be too long for AMQP. */
    private static String messageId(JobUpdate update) {
        String name = update.jobId() + "-" + update.seq();
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
    }

    /** Says that there are rows in the outbox. */
    public void notifyOutbox() {
        send(OUTBOX, new JsonObject());
    }

    /** Hands over progress to be published, at most so often as the publisher is configured to. */
    public void sendProgress(ProgressEvent event) {
        send(PROGRESS_ADDRESS, event.toJson());
    }

    /**
     * To the publisher of this host, so that one job's ticks are throttled in one place; while that is down, to that of another host
     * of the cluster.
     */
    private void send(String address, JsonObject what) {
        if (vertx.isClustered()) {
            vertx.eventBus()
                    .request(address, what, LOCAL_ONLY)
                    .onFailure(nobodyHere -> vertx.eventBus().send(address, what));
        } else {
            vertx.eventBus().send(address, what);
        }
    }
}
