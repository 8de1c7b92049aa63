package dev.sluice.stage.encode;

import dev.sluice.common.async.ProgressListener;
import dev.sluice.ffmpeg.encode.RenditionEncoder;
import dev.sluice.ffmpeg.probe.CachingMediaProber;
import dev.sluice.job.StageName;
import dev.sluice.media.MediaInfo;
import dev.sluice.media.rendition.EncodeResult;
import dev.sluice.media.rendition.EncodeSpeedEstimator;
import dev.sluice.message.EncodePlan;
import dev.sluice.stage.Stage;
import dev.sluice.stage.StageContext;
import dev.sluice.stage.StageResult;
import dev.sluice.stage.artifact.SourceProvider;
import dev.sluice.workspace.Workspace;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Makes all renditions and thumbnails with one FFmpeg run that decodes the source once. What would take longer than one delivery
 * may is only planned here, and encoded in tasks.
 */
public final class ProcessingStage implements Stage {
    private final SourceProvider sources;
    private final Workspace workspace;
    private final CachingMediaProber prober;
    private final SegmentPlanner planner;
    private final RenditionEncoder encoder;
    private final EncodeSpeedEstimator speedEstimator;
    private final WorkerExecutor workers;
    private final OutputSizeEstimator sizeEstimator;
    private final EncodeOutputStore results;
    private final int threads;

    /**
     * Puts the stage together.
     *
     * @param threads that one FFmpeg run may use
     */
    public ProcessingStage(
            SourceProvider sources,
            Workspace workspace,
            CachingMediaProber prober,
            SegmentPlanner planner,
            RenditionEncoder encoder,
            EncodeSpeedEstimator speedEstimator,
            WorkerExecutor workers,
            OutputSizeEstimator sizeEstimator,
            EncodeOutputStore results,
            int threads) {
        this.sources = sources;
        this.workspace = workspace;
        this.prober = prober;
        this.planner = planner;
        this.encoder = encoder;
        this.speedEstimator = speedEstimator;
        this.workers = workers;
        this.sizeEstimator = sizeEstimator;
        this.results = results;
        this.threads = threads;
    }

    @Override
    public StageName name() {
        return StageName.PROCESSING;
    }

    @Override
    public Future<StageResult> run(StageContext context) {
        return sources.withSource(
                context,
                source -> plan(context, source)
                        .compose(plan -> plan.map(tasks -> Future.succeededFuture(planned(context, tasks)))
                                .orElseGet(() -> whole(context, source))));
    }

    private Future<Optional<EncodePlan>> plan(StageContext context, Path source) {
        return workers.executeBlocking(
                () -> planner.plan(source, prober.probe(source, context.cancellation()), context.cancellation()),
                false);
    }

    private static StageResult planned(StageContext context, EncodePlan plan) {
        JsonObject summary =
                new JsonObject().put("segments", plan.segmentCount()).put("tasks", plan.taskCount());
        return StageResult.planned(context.job().withPlan(plan), summary, plan);
    }

    private Future<StageResult> whole(StageContext context, Path source) {
        return workspace.withAttemptDirectory(
                context.attempt(),
                sizeEstimator.estimateBytes(context.job().metadata()),
                directory -> encode(context, source, directory.path()).compose(made -> results.store(context, made)));
    }

    private Future<EncodeResult> encode(StageContext context, Path source, Path directory) {
        ProgressListener encoding = done ->
                context.progress().report(done * (1 - results.artifactStore().progressShare()));
        return workers.executeBlocking(
                () -> {
                    MediaInfo info = prober.probe(source, context.cancellation());
                    long began = System.nanoTime();
                    EncodeResult made =
                            encoder.encode(source, info, directory, threads, encoding, context.cancellation());
                    speedEstimator.record(
                            info, made.renditions().get(0).frames(), Duration.ofNanos(System.nanoTime() - began));
                    return made;
                },
                false);
    }
}
