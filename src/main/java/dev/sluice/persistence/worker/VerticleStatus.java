package dev.sluice.persistence.worker;

import io.vertx.core.json.JsonObject;

/**
 * A verticle of a worker.
 *
 * @param instances 0: this worker does not run it
 * @param concurrency concurrent runs of each instance; 0 for a verticle that consumes no jobs
 * @param inUse runs in progress in all instances
 */
public record VerticleStatus(String name, int instances, int concurrency, int inUse, State state) {
    /** What the verticle does. */
    public enum State {
        /** Deployed. */
        RUNNING,
        /** Deployed, but consumes nothing until the stage is resumed. */
        PAUSED,
        /** Consumes nothing; its runs are finished or requeued, then it is undeployed. */
        DRAINING,
        /** Not deployed. */
        STOPPED
    }

    public JsonObject toJson() {
        return new JsonObject()
                .put("name", name)
                .put("instances", instances)
                .put("concurrency", concurrency)
                .put("inUse", inUse)
                .put("state", state.name());
    }

    /**
     * Reads what {@link #toJson} wrote.
     *
     * @throws IllegalArgumentException for a state of a newer version
     */
    static VerticleStatus fromJson(JsonObject json) {
        return new VerticleStatus(
                json.getString("name"),
                json.getInteger("instances"),
                json.getInteger("concurrency"),
                json.getInteger("inUse"),
                State.valueOf(json.getString("state")));
    }
}
