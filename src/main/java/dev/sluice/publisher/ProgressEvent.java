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
 * Progress of a run, sent to the publisher.
 *
 * @param progress percent of the job; ignored for a task of a stage, whose progress is computed from all tasks
 * @param fraction completed part of the run, 0 to 1
 * @param seq sequence number of the update; replaced for a task of a stage
 * @param etaSeconds estimated remaining time of the stage, if known
 * @param interval minimum time between two progress updates of the job; zero: no minimum
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
    /** An estimate from less progress is too inaccurate. */
    private static final double MIN_FRACTION_FOR_ETA = 0.05;

    /**
     * Estimates the remaining seconds; empty below 5 % of progress.
     *
     * @param fraction completed part, 0 to 1
     * @param elapsedSeconds seconds since the start
     */
    public static Optional<Integer> estimateRemaining(double fraction, double elapsedSeconds) {
        return fraction < MIN_FRACTION_FOR_ETA || fraction > 1
                ? Optional.empty()
                : Optional.of((int) Math.ceil(elapsedSeconds * (1 - fraction) / fraction));
    }

    /** Whether the job may be completed within this time: the last stage is that near its end, or its end is not known yet. */
    boolean mayEndJobWithin(Duration time) {
        return !time.isZero()
                && attempt.run().stage() == StageName.UPLOAD
                && etaSeconds.map(eta -> eta <= time.toMillis() / 1000.0).orElse(true);
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

    /** Builds the update with the progress and, for a task of a stage, the sequence number that the database recorded. */
    JobUpdate toUpdate(RecordedProgress recorded, Instant now) {
        StageName name = attempt.run().stage();
        return new JobUpdate(
                attempt.run().job(),
                mediaId,
                JobUpdate.Status.PROCESSING,
                recorded.progress(),
                name.startStep(),
                JobUpdate.Content.EMPTY,
                now,
                recorded.stageProgress()
                        .map(RecordedProgress.StageProgress::seq)
                        .orElse(seq),
                new JobUpdate.Origin(name, attempt.attemptNumber(), worker),
                recorded.stageProgress()
                        .map(stage -> estimateRemaining(stage.fraction(), stage.elapsedSeconds()))
                        .orElse(etaSeconds));
    }
}
