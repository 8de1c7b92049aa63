package dev.sluice.stage;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/** How an attempt tells the next one what need not be done again. */
public interface Checkpoint {
    /** What an attempt before this one saved last. */
    Optional<JsonObject> previous();

    /** Saves, in place of what was there. Fails with LEASE_LOST, and has changed nothing, when the run is another's by now. */
    Future<Void> save(JsonObject state);
}
