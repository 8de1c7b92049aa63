package dev.sluice.stage.encode;

import dev.sluice.config.MediaConfig;
import dev.sluice.ffmpeg.encode.EncodeRequest;
import dev.sluice.ffmpeg.encode.RenditionEncoder;
import dev.sluice.job.StageName;
import dev.sluice.media.ProbedSource;
import dev.sluice.message.EncodePlan;
import dev.sluice.message.StagedJob;
import dev.sluice.stage.Stage;
import dev.sluice.stage.StageContext;
import dev.sluice.stage.StageResult;
import dev.sluice.workspace.AttemptDirectory;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/**
 * Encodes all renditions and thumbnails in one FFmpeg run that decodes the source once. A video whose encode would exceed the
 * time for one delivery is only planned here, and encoded in tasks.
 */
public final class ProcessingStage implements Stage {
    private final EncodeServices services;
    private final SegmentPlanner planner;
    private final RenditionEncoder encoder;
    private final EncodeOutputStore outputs;
    private final int threads;

    /** @param threads that one FFmpeg run may use */
    public ProcessingStage(
            EncodeServices services,
            SegmentPlanner planner,
            RenditionEncoder encoder,
            EncodeOutputStore outputs,
            int threads) {
        this.services = services;
        this.planner = planner;
        this.encoder = encoder;
        this.outputs = outputs;
        this.threads = threads;
    }

    @Override
    public StageName name() {
        return StageName.PROCESSING;
    }

    @Override
    public Future<StageResult> run(StageContext context) {
        return services.withSource(
                context,
                source -> services.blocking(() -> planner.plan(source, context.cancellation()))
                        .compose(plan -> plan.map(tasks -> Future.succeededFuture(planned(context, tasks)))
                                .orElseGet(() -> encodeWhole(context, source))));
    }

    private StageResult planned(StageContext context, EncodePlan plan) {
        MediaConfig media = services.media();
        if (media.growing().enabled() && media.streaming() != MediaConfig.Streaming.NONE) {
            return planned(context.job(), plan.withGrowing(context.attempt().fencingToken()));
        }
        return planned(context.job(), plan);
    }

    private static StageResult planned(StagedJob job, EncodePlan plan) {
        JsonObject summary =
                new JsonObject().put("segments", plan.segmentCount()).put("tasks", plan.taskCount());
        return StageResult.planned(job.withPlan(plan), summary, new SegmentTasks(plan).taskPlan());
    }

    private Future<StageResult> encodeWhole(StageContext context, ProbedSource source) {
        return services.workspace()
                .withAttemptDirectory(
                        context.attempt(),
                        services.sizeEstimator().estimateBytes(context.job().metadata()),
                        directory -> services.blocking(() -> encoder.encode(request(context, source, directory)))
                                .compose(result -> services.extractText(context, source, directory)
                                        .compose(text -> outputs.store(context, result, text))));
    }

    private EncodeRequest request(StageContext context, ProbedSource source, AttemptDirectory directory) {
        return new EncodeRequest(
                source,
                directory.path(),
                threads,
                outputs.artifactStore().encodeProgress(context),
                context.cancellation());
    }
}
