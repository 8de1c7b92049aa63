package dev.sluice.stage;

import dev.sluice.message.StagedJob;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * Result of a run.
 *
 * @param job with what this stage added
 * @param summary metrics of this run: bytes, frames, …
 * @param taskResult of a task, for the join
 * @param plan the tasks in which the job continues, if it does
 */
public record StageResult(StagedJob job, JsonObject summary, JsonObject taskResult, Optional<TaskPlan> plan) {
    /** Result of a stage that is followed by the next stage. */
    public StageResult(StagedJob job, JsonObject summary) {
        this(job, summary, new JsonObject(), Optional.empty());
    }

    /** Result of a stage that is followed by tasks. */
    public static StageResult planned(StagedJob job, JsonObject summary, TaskPlan plan) {
        return new StageResult(job, summary, new JsonObject(), Optional.of(plan));
    }

    /** Result of a task. */
    public static StageResult ofTask(StagedJob job, JsonObject summary, JsonObject taskResult) {
        return new StageResult(job, summary, taskResult, Optional.empty());
    }

    /** With one more entry of the summary. */
    public StageResult withSummary(String field, JsonObject value) {
        return new StageResult(job, summary.copy().put(field, value), taskResult, plan);
    }

    /** What is stored with the run. */
    public JsonObject runResult() {
        return summary.copy().mergeIn(taskResult);
    }
}
