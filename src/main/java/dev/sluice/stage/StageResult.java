package dev.sluice.stage;

import dev.sluice.message.EncodePlan;
import dev.sluice.message.StagedJob;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * What a stage hands on.
 *
 * @param job the job with what this stage added
 * @param summary figures of this run for the record: bytes, frames, …
 * @param kept what the join needs to know of a task
 * @param plan the tasks in which the job goes on, if it does
 */
public record StageResult(StagedJob job, JsonObject summary, JsonObject taskResult, Optional<EncodePlan> plan) {
    /** Of a stage that the next stage follows. */
    public StageResult(StagedJob job, JsonObject summary) {
        this(job, summary, new JsonObject(), Optional.empty());
    }

    /** Of a stage that has planned tasks, which follow. */
    public static StageResult planned(StagedJob job, JsonObject summary, EncodePlan plan) {
        return new StageResult(job, summary, new JsonObject(), Optional.of(plan));
    }

    /** Of one of these tasks. */
    public static StageResult ofTask(StagedJob job, JsonObject summary, JsonObject kept) {
        return new StageResult(job, summary, kept, Optional.empty());
    }

    /** What is kept with the run. */
    public JsonObject runResult() {
        return summary.copy().mergeIn(taskResult);
    }
}
