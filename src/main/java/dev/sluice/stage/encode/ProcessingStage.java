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
    private final EncodeSpeedEstimator speed;
    private final WorkerExecutor workers;
    private final OutputSizeEstimator space;
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
            EncodeSpeedEstimator speed,
            WorkerExecutor workers,
            OutputSizeEstimator space,
            EncodeOutputStore results,
            int threads) {
        this.sources = sources;
        this.workspace = workspace;
        this.prober = prober;
        this.planner = planner;
        this.encoder = encoder;
        this.speed = speed;
        this.workers = workers;
        this.space = space;
        this.results = results;
        this.threads = threads;
    }

    @Override
    public StageName name() {
        return StageName.PROCESSING;
    }

    @Override
    public Future<StageResult> run(StageContext run) {
        return sources.with(
                run,
                source -> plan(run, source)
                        .compose(plan -> plan.map(tasks -> Future.succeededFuture(planned(run, tasks)))
                                .orElseGet(() -> whole(run, source))));
    }

    private Future<Optional<EncodePlan>> plan(StageContext run, Path source) {
        return workers.executeBlocking(
                () -> planner.plan(source, prober.probe(source, run.cancellation()), run.cancellation()), false);
    }

    private static StageResult planned(StageContext run, EncodePlan plan) {
        JsonObject summary = new JsonObject().put("segments", plan.segments()).put("tasks", plan.tasks());
        return StageResult.planned(run.job().withPlan(plan), summary, plan);
    }

    private Future<StageResult> whole(StageContext run, Path source) {
        return workspace.within(
                run.attempt(),
                space.bytes(run.job().metadata()),
                directory -> encode(run, source, directory.path()).compose(made -> results.keep(run, made)));
    }

    private Future<EncodeResult> encode(StageContext run, Path source, Path directory) {
        ProgressListener encoding =
                done -> run.progress().at(done * (1 - results.place().share()));
        return workers.executeBlocking(
                () -> {
                    MediaInfo info = prober.probe(source, run.cancellation());
                    long began = System.nanoTime();
                    EncodeResult made = encoder.encode(source, info, directory, threads, encoding, run.cancellation());
                    speed.measured(
                            info, made.renditions().get(0).frames(), Duration.ofNanos(System.nanoTime() - began));
                    return made;
                },
                false);
    }
}
