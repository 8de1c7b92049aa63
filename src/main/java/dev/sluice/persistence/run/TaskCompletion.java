package dev.sluice.persistence.run;

import dev.sluice.message.JobUpdate;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.outbox.OutboxMessage;
import io.vertx.core.json.JsonObject;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * What a successful task commits.
 *
 * @param result stored with the run
 * @param maxInFlight how many tasks of the job are queued or running at a time
 * @param update the update for the progress that the task leads to
 * @param message the message that starts the task with this number
 * @param join the run that follows the last task
 */
public record TaskCompletion(
        StagedJob job,
        JsonObject result,
        int maxInFlight,
        Function<JobProgress, JobUpdate> update,
        IntFunction<OutboxMessage> message,
        StageCompletion.NextRun join)
        implements Completion {

    @Override
    public Continuation continuation() {
        return Continuation.TASKS;
    }

    /**
     * Progress of a job after a task.
     *
     * @param progress percent
     * @param seq the sequence number of the update
     */
    public record JobProgress(int progress, long seq) {}
}
