package dev.sluice.persistence.run;

import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.message.JobUpdate;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.outbox.OutboxMessage;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * What a successful run of a whole stage commits.
 *
 * @param job the staged job in the form that the next stage gets, or of a completed job
 * @param result stored with the run
 * @param next the run that follows; empty after the last stage, and where tasks follow
 * @param tasks the tasks that follow
 */
public record StageCompletion(
        StagedJob job, JsonObject result, JobUpdate update, Optional<NextRun> next, Optional<TaskBatch> tasks)
        implements Completion {

    /** A completion without tasks. */
    public StageCompletion(StagedJob job, JsonObject result, JobUpdate update, Optional<NextRun> next) {
        this(job, result, update, next, Optional.empty());
    }

    @Override
    public Continuation continuation() {
        if (tasks.isPresent()) {
            return Continuation.TASKS;
        }
        return update.status() == JobUpdate.Status.COMPLETED ? Continuation.JOB_COMPLETED : Continuation.NEXT_STAGE;
    }

    /**
     * The run that follows.
     *
     * @param message starts it; empty if the same delivery continues with it
     */
    public record NextRun(RunId run, Optional<OutboxMessage> message) {}

    /**
     * The tasks that follow.
     *
     * @param all in the order in which they are sent
     * @param first the messages of the first tasks, which are sent now; each of the others is sent when a task completes
     */
    public record TaskBatch(StageName stage, List<PlannedTask> all, List<OutboxMessage> first) {
        public TaskBatch {
            all = List.copyOf(all);
            first = List.copyOf(first);
        }
    }

    /**
     * A task of a stage.
     *
     * @param weight its part of the stage's progress, relative to the other tasks
     */
    public record PlannedTask(int number, double weight) {}
}
