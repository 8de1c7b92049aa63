package dev.sluice.update;

import dev.sluice.job.Attempt;
import dev.sluice.job.JobId;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.message.Update;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How far a run is, on its way to the publisher.
 *
 * @param progress of the job, 0 to 100
 * @param seq the number that the update will carry
 * @param etaSeconds how long the stage will still take, where that is known
 */
public record ProgressTick(
        Attempt attempt, String mediaId, int progress, long seq, Optional<Integer> etaSeconds, String worker) {

    JsonObject toJson() {
        JsonObject json = new JsonObject()
                .put("job", attempt.run().job().value())
                .put("stage", attempt.run().stage().key())
                .put("task", attempt.run().task())
                .put("token", attempt.token())
                .put("number", attempt.number())
                .put("mediaId", mediaId)
                .put("progress", progress)
                .put("seq", seq)
                .put("worker", worker);
        etaSeconds.ifPresent(seconds -> json.put("eta", seconds));
        return json;
    }

    static ProgressTick fromJson(JsonObject json) {
        RunId run = new RunId(
                new JobId(json.getString("job")), StageName.of(json.getString("stage")), json.getInteger("task"));
        return new ProgressTick(
                new Attempt(run, json.getInteger("token"), json.getInteger("number")),
                json.getString("mediaId"),
                json.getInteger("progress"),
                json.getLong("seq"),
                Optional.ofNullable(json.getInteger("eta")),
                json.getString("worker"));
    }

    /** The update that says so; {@code raised} is the job's progress as the database has it, never lower than before. */
    Update asUpdate(int raised, Instant now) {
        StageName stage = attempt.run().stage();
        return new Update(
                attempt.run().job(),
                mediaId,
                Update.Status.PROCESSING,
                raised,
                stage.startStep(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                now,
                seq,
                stage,
                attempt.number(),
                etaSeconds,
                worker);
    }
}
