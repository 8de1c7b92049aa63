package dev.sluice.store;

import dev.sluice.job.RunId;
import dev.sluice.message.StagedJob;
import dev.sluice.message.Update;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * What a run that went well leaves behind.
 *
 * @param job the staged job as the next stage gets it, or as it ends
 * @param result what the stage made, kept with the run
 * @param update the news; its status says whether the job is completed with this
 * @param next how the job goes on; empty after the last stage
 */
public record StageDone(StagedJob job, JsonObject result, Update update, Optional<Next> next) {
    /** The run that is waited for from now on, and the message that brings it about. */
    public record Next(RunId run, OutboxMessage message) {}
}
