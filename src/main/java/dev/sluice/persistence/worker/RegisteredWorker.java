package dev.sluice.persistence.worker;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;

/**
 * A worker in the registry.
 *
 * @param uptime by the clock of the database
 * @param sinceSeen since the last refresh
 * @param lost the worker has missed its refreshes; its leases are taken over
 */
public record RegisteredWorker(WorkerStatus status, Duration uptime, Duration sinceSeen, boolean lost) {
    /** As administrators see it: durations in seconds. */
    public JsonObject toJson() {
        JsonArray verticles = new JsonArray();
        status.verticles().forEach(verticle -> verticles.add(verticle.toJson()));
        JsonObject config = new JsonObject()
                .put("digest", status.config().digest())
                .put("loadedAt", status.config().loadedAt().toString());
        status.config().error().ifPresent(error -> config.put("error", error));
        return new JsonObject()
                .put("worker", status.worker())
                .put("host", status.host())
                .put("version", status.version())
                .put("startedAt", status.startedAt().toString())
                .put("uptimeSeconds", uptime.toSeconds())
                .put("lastSeenSeconds", sinceSeen.toSeconds())
                .put("state", lost ? "LOST" : status.draining() ? "DRAINING" : "RUNNING")
                .put("config", config)
                .put("verticles", verticles);
    }
}
