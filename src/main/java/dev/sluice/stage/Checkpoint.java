package dev.sluice.stage;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/** State persisted by an attempt so that the next attempt can skip completed work. */
public interface Checkpoint {
    /** The state saved last by an earlier attempt. */
    Optional<JsonObject> previous();

    /** Replaces the state. Fails with LEASE_LOST, without a change, if another worker owns the run. */
    Future<Void> save(JsonObject state);
}
