package dev.sluice.publisher;

import dev.sluice.job.Attempt;
import dev.sluice.job.JobId;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.message.JobUpdate;
import dev.sluice.persistence.progress.RecordedProgress;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How far a run is, on its way to the publisher.
 *
 * @param progress of the job, 0 to 100, of a run that is all of its stage
 * @param share how much of the run is done, 0 to 1
 * @param seq the number that the update will carry
 * @param etaSeconds how long the stage will still take, where that is known
 * @param interval the least time between two updates of this kind about the job; zero: none is asked for
 */
public record ProgressEvent(
        Attempt attempt,
        String mediaId,
        int progress,
        double fraction,
        long seq,
        Optional<Integer> etaSeconds,
        String worker,
        Duration interval) {
    /** A forecast from less than this is a guess. */
    private static final double MIN_FRACTION_FOR_ETA = 0.05;

    /**
     * How many seconds it will still take.
     *
     * @param share how much is done, 0 to 1
     * @param elapsed seconds since it was begun
     */
    public static Optional<Integer> estimateRemaining(double share, double elapsed) {
        return share < MIN_FRACTION_FOR_ETA || share > 1
                ? Optional.empty()
                : Optional.of((int) Math.ceil(elapsed * (1 - share) / share));
    }

    JsonObject toJson() {
        JsonObject json = new JsonObject()
                .put("job", attempt.run().job().value())
                .put("stage", attempt.run().stage().key())
                .put("task", attempt.run().task())
                .put("token", attempt.fencingToken())
                .put("number", attempt.attemptNumber())
                .put("mediaId", mediaId)
                .put("progress", progress)
                .put("share", fraction)
                .put("seq", seq)
                .put("worker", worker)
                .put("intervalMillis", interval.toMillis());
        etaSeconds.ifPresent(seconds -> json.put("eta", seconds));
        return json;
    }

    static ProgressEvent fromJson(JsonObject json) {
        RunId run = new RunId(
                new JobId(json.getString("job")), StageName.of(json.getString("stage")), json.getInteger("task"));
        return new ProgressEvent(
                new Attempt(run, json.getInteger("token"), json.getInteger("number")),
                json.getString("mediaId"),
                json.getInteger("progress"),
                json.getDouble("share"),
                json.getLong("seq"),
                Optional.ofNullable(json.getInteger("eta")),
                json.getString("worker"),
                Duration.ofMillis(json.getLong("intervalMillis", 0L)));
    }

    /** The progress update, with the progress and the sequence number that the database recorded. */
    JobUpdate toUpdate(RecordedProgress recorded, Instant now) {
        StageName stage = attempt.run().stage();
        return new JobUpdate(
                attempt.run().job(),
                mediaId,
                JobUpdate.Status.PROCESSING,
                recorded.progress(),
                stage.startStep(),
                JobUpdate.Content.EMPTY,
                now,
                recorded.stageProgress()
                        .map(RecordedProgress.StageProgress::seq)
                        .orElse(seq),
                new JobUpdate.Origin(stage, attempt.attemptNumber(), worker),
                recorded.stageProgress()
                        .map(all -> estimateRemaining(all.share(), all.elapsedSeconds()))
                        .orElse(etaSeconds));
    }
}
