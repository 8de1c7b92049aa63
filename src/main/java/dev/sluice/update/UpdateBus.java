package dev.sluice.update;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;

/**
 * How the rest of the system talks to the publisher verticle, on whichever host it is: what crosses the event bus is JSON.
 * Nothing here may be relied on: rows that nobody announced are found by the sweep, ticks may be lost.
 */
public final class UpdateBus {
    static final String OUTBOX = "sluice.outbox";
    static final String TICKS = "sluice.ticks";

    private final Vertx vertx;

    public UpdateBus(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Says that there are rows in the outbox. */
    public void outboxHasRows() {
        vertx.eventBus().send(OUTBOX, new JsonObject());
    }

    /** Hands over progress to be published, at most so often as the publisher is configured to. */
    public void tick(ProgressTick tick) {
        vertx.eventBus().send(TICKS, tick.toJson());
    }
}
