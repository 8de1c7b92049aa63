package dev.sluice.persistence.run;

import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.message.JobUpdate;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.outbox.OutboxMessage;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * What a run that went well leaves behind.
 *
 * @param job the staged job as the next stage gets it, or as it ends
 * @param result what the stage made, kept with the run
 * @param update the news; its status says whether the job is completed with this
 * @param next how the job goes on; empty after the last stage, and where it goes on in tasks
 * @param tasks in which tasks it goes on
 */
public record StageCompletion(
        StagedJob job, JsonObject result, JobUpdate update, Optional<NextRun> next, Optional<TaskBatch> tasks) {

    /** An end that no tasks follow. */
    public StageCompletion(StagedJob job, JsonObject result, JobUpdate update, Optional<NextRun> next) {
        this(job, result, update, next, Optional.empty());
    }

    /**
     * The run that is waited for from now on.
     *
     * @param message brings it about; empty where whoever did this run goes on with that one himself
     */
    public record NextRun(RunId run, Optional<OutboxMessage> message) {
        /** A run that this message brings about. */
        public NextRun(RunId run, OutboxMessage message) {
            this(run, Optional.of(message));
        }

        /** A run that is begun without a message. */
        public NextRun(RunId run) {
            this(run, Optional.empty());
        }
    }

    /**
     * The tasks that are waited for from now on.
     *
     * @param all in the order in which they are sent
     * @param inFlight how many are sent now; the others when one of them is done
     * @param message what starts the task with this number
     */
    public record TaskBatch(
            StageName stage, List<PlannedTask> all, int maxInFlight, IntFunction<OutboxMessage> message) {
        public TaskBatch {
            all = List.copyOf(all);
        }

        List<PlannedTask> firstBatch() {
            return all.subList(0, Math.min(maxInFlight, all.size()));
        }
    }

    /**
     * One of the tasks of a stage.
     *
     * @param weight how much of the stage it is, against the others
     */
    public record PlannedTask(int number, double weight) {}
}
