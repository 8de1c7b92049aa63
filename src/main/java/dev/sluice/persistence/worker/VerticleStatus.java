package dev.sluice.persistence.worker;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;

/**
 * A verticle of a worker.
 *
 * @param instances 0: this worker does not run it
 * @param concurrency concurrent runs of each instance; 0 for a verticle that consumes no jobs
 * @param inUse runs in progress in all instances
 * @param problem why the worker has paused the verticle on itself
 * @param sinceCompleted since a run was completed; empty if none was
 */
public record VerticleStatus(
        String name,
        int instances,
        int concurrency,
        int inUse,
        State state,
        Optional<String> problem,
        Optional<Duration> sinceCompleted) {
    private static final double MILLIS = 1000;

    /** A verticle without a problem that has completed no run. */
    public VerticleStatus(String name, int instances, int concurrency, int inUse, State state) {
        this(name, instances, concurrency, inUse, state, Optional.empty(), Optional.empty());
    }

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
        JsonObject json = new JsonObject()
                .put("name", name)
                .put("instances", instances)
                .put("concurrency", concurrency)
                .put("inUse", inUse)
                .put("state", state.name());
        problem.ifPresent(text -> json.put("problem", text));
        sinceCompleted.ifPresent(since -> json.put("sinceCompletedSeconds", since.toMillis() / MILLIS));
        return json;
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
                State.valueOf(json.getString("state")),
                Optional.ofNullable(json.getString("problem")),
                Optional.ofNullable(json.getDouble("sinceCompletedSeconds"))
                        .map(seconds -> Duration.ofMillis(Math.round(seconds * MILLIS))));
    }
}
