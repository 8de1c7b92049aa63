package dev.sluice.persistence.run;

import dev.sluice.message.JobUpdate;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.outbox.OutboxMessage;
import io.vertx.core.json.JsonObject;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * What a task that went well leaves behind.
 *
 * @param result what it made, kept with the run
 * @param inFlight how many tasks of the job are out at a time
 * @param update the news
 * @param message what starts the task with this number
 * @param join what goes on when this was the last task
 */
public record TaskCompletion(
        StagedJob job,
        JsonObject result,
        int maxInFlight,
        Function<JobProgress, JobUpdate> update,
        IntFunction<OutboxMessage> message,
        StageCompletion.NextRun join) {

    /**
     * How far the job is.
     *
     * @param progress percent
     * @param seq the number that the update is to carry
     */
    public record JobProgress(int progress, long seq) {}
}
