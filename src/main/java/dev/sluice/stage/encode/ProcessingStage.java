package dev.sluice.stage.encode;

import dev.sluice.config.MediaConfig;
import dev.sluice.config.MediaConfig.Effort;
import dev.sluice.ffmpeg.encode.EncodeRequest;
import dev.sluice.ffmpeg.encode.RenditionEncoder;
import dev.sluice.ffmpeg.trial.EffortDecision;
import dev.sluice.ffmpeg.trial.EncoderTrial;
import dev.sluice.job.StageName;
import dev.sluice.media.ProbedSource;
import dev.sluice.message.EncodePlan;
import dev.sluice.stage.Stage;
import dev.sluice.stage.StageContext;
import dev.sluice.stage.StageResult;
import dev.sluice.workspace.AttemptDirectory;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Encodes all renditions and thumbnails in one FFmpeg run that decodes the source once. A video whose encode would exceed the
 * time for one delivery is only planned here, and encoded in tasks.
 */
public final class ProcessingStage implements Stage {
    private final EncodeServices services;
    private final SegmentPlanner planner;
    private final Function<MediaConfig, EncoderTrial> trials;
    private final Function<MediaConfig, RenditionEncoder> encoders;
    private final EncodeOutputStore outputs;
    private final int threads;

    /** @param threads that one FFmpeg run may use */
    public ProcessingStage(
            EncodeServices services,
            SegmentPlanner planner,
            Function<MediaConfig, EncoderTrial> trials,
            Function<MediaConfig, RenditionEncoder> encoders,
            EncodeOutputStore outputs,
            int threads) {
        this.services = services;
        this.planner = planner;
        this.trials = trials;
        this.encoders = encoders;
        this.outputs = outputs;
        this.threads = threads;
    }

    @Override
    public StageName name() {
        return StageName.PROCESSING;
    }

    @Override
    public Future<StageResult> run(StageContext context) {
        MediaConfig media = services.media(context.job());
        return services.withSource(
                context,
                source -> services.blocking(() -> planner.plan(source, media, context.cancellation()))
                        .compose(plan -> services.blocking(
                                        () -> trials.apply(media).decide(source, context.cancellation()))
                                .compose(decision -> plan.map(tasks -> Future.succeededFuture(
                                                planned(context, tasks, withEffort(media, decision))))
                                        .orElseGet(() -> encodeWhole(context, source, withEffort(media, decision)))
                                        .map(result -> withDecision(result, decision)))));
    }

    private static MediaConfig withEffort(MediaConfig media, Optional<EffortDecision> decision) {
        return media.withEffort(decision.map(EffortDecision::effort).orElse(Effort.PRESET));
    }

    private static StageResult withDecision(StageResult result, Optional<EffortDecision> decision) {
        return decision.map(made -> result.withSummary("effort", made.toJson())).orElse(result);
    }

    private static StageResult planned(StageContext context, EncodePlan segments, MediaConfig media) {
        EncodePlan encoding = segments.withEncoding(media.toEncodingJson());
        EncodePlan plan = media.growing().enabled() && media.streaming() != MediaConfig.Streaming.NONE
                ? encoding.withGrowing(context.attempt().fencingToken())
                : encoding;
        JsonObject summary =
                new JsonObject().put("segments", plan.segmentCount()).put("tasks", plan.taskCount());
        return StageResult.planned(context.job().withPlan(plan), summary, new SegmentTasks(plan).taskPlan());
    }

    private Future<StageResult> encodeWhole(StageContext context, ProbedSource source, MediaConfig media) {
        RenditionEncoder encoder = encoders.apply(media);
        return services.workspace()
                .withAttemptDirectory(
                        context.attempt(),
                        new OutputSizeEstimator(media)
                                .estimateBytes(context.job().metadata()),
                        directory -> outputs.store(
                                context,
                                media,
                                (part, written) -> services.blocking(
                                                () -> encoder.encode(request(part, source, directory, written)))
                                        .compose(result -> services.extractText(part, source, directory)
                                                .compose(text -> services.addCaptions(part, result, text))
                                                .map(text -> new EncodeOutputStore.Encoded(result, text)))));
    }

    private EncodeRequest request(
            StageContext context, ProbedSource source, AttemptDirectory directory, Consumer<Path> written) {
        return new EncodeRequest(
                source,
                directory.path(),
                threads,
                outputs.artifactStore().encodeProgress(context),
                written,
                context.cancellation());
    }
}
