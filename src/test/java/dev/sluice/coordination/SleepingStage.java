package dev.sluice.coordination;

import dev.sluice.config.MediaConfig;
import dev.sluice.job.StageName;
import dev.sluice.message.EncodePlan;
import dev.sluice.message.OutputFile;
import dev.sluice.message.StagedJob;
import dev.sluice.stage.Stage;
import dev.sluice.stage.StageContext;
import dev.sluice.stage.StageResult;
import dev.sluice.stage.encode.SegmentTasks;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** A stage of a long video that sleeps for a given time. */
record SleepingStage(StageName name, Vertx vertx, MediaConfig media, int segments, Times times) implements Stage {
    private static final int AUDIO_TASK = 0;

    /**
     * Times of tasks.
     *
     * @param segment of one segment
     * @param audio of the whole audio; zero: there is none
     */
    record Times(Duration segment, Duration audio, Duration join) {
        Times dividedBy(int factor) {
            return new Times(segment.dividedBy(factor), audio.dividedBy(factor), join.dividedBy(factor));
        }
    }

    @Override
    public Future<StageResult> run(StageContext context) {
        StagedJob job = context.job();
        return switch (name) {
            case DOWNLOAD, UPLOAD -> Future.succeededFuture(done(job));
            case PROCESSING -> Future.succeededFuture(planned(job));
            case SEGMENT -> {
                StageResult result = StageResult.ofTask(job, new JsonObject(), new JsonObject());
                yield context.attempt().run().task() == AUDIO_TASK
                        ? audioHead(context).compose(saved -> after(times.audio(), result))
                        : after(times.segment(), result);
            }
            case JOIN ->
                after(
                        times.join(),
                        done(job.withoutPlan()
                                .withOutputs(List.of(new OutputFile(
                                        OutputFile.Type.SCALED, "videos/long", 2, 2, 1, "video/mp4", "720p", 0)))));
        };
    }

    private boolean hasAudio() {
        return !times.audio().isZero();
    }

    /** The first sixteenth of the audio, encoded twice. */
    private Future<Void> audioHead(StageContext context) {
        return vertx.timer(times.audio().dividedBy(16).toMillis())
                .compose(encoded -> context.checkpoint()
                        .save(new JsonObject().put("at", Instant.now().toString())));
    }

    private Future<StageResult> after(Duration time, StageResult result) {
        return vertx.timer(time.toMillis()).map(result);
    }

    private StageResult planned(StagedJob job) {
        EncodePlan plan = new EncodePlan(
                Duration.ZERO,
                Duration.ofHours(2),
                Duration.ofHours(2).dividedBy(segments),
                Collections.nCopies(segments, Optional.of(Duration.ZERO)),
                new EncodePlan.Video(1920, 1080, 25, ""),
                hasAudio(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                media.toEncodingJson(),
                hasAudio() ? Optional.of(1) : Optional.empty());
        return StageResult.planned(job.withPlan(plan), new JsonObject(), new SegmentTasks(plan).taskPlan());
    }

    private static StageResult done(StagedJob job) {
        return new StageResult(job, new JsonObject());
    }
}
