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
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** A stage of a long video that sleeps for a given time. */
record SleepingStage(StageName name, Vertx vertx, MediaConfig media, int segments, Duration encode, Duration join)
        implements Stage {

    @Override
    public Future<StageResult> run(StageContext context) {
        StagedJob job = context.job();
        return switch (name) {
            case DOWNLOAD, UPLOAD -> Future.succeededFuture(done(job));
            case PROCESSING -> Future.succeededFuture(planned(job));
            case SEGMENT -> after(encode, StageResult.ofTask(job, new JsonObject(), new JsonObject()));
            case JOIN ->
                after(
                        join,
                        done(job.withoutPlan()
                                .withOutputs(List.of(new OutputFile(
                                        OutputFile.Type.SCALED, "videos/long", 2, 2, 1, "video/mp4", "720p", 0)))));
        };
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
                false,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                media.toEncodingJson(),
                Optional.empty());
        return StageResult.planned(job.withPlan(plan), new JsonObject(), new SegmentTasks(plan).taskPlan());
    }

    private static StageResult done(StagedJob job) {
        return new StageResult(job, new JsonObject());
    }
}
