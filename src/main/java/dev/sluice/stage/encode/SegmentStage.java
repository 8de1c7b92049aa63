package dev.sluice.stage.encode;

import dev.sluice.common.async.ProgressListener;
import dev.sluice.config.MediaConfig;
import dev.sluice.ffmpeg.probe.CachingMediaProber;
import dev.sluice.ffmpeg.segment.SegmentEncoder;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.StageName;
import dev.sluice.media.MediaInfo;
import dev.sluice.media.rendition.EncodeSpeedEstimator;
import dev.sluice.media.segment.EncodedSegment;
import dev.sluice.media.segment.Segment;
import dev.sluice.message.EncodePlan;
import dev.sluice.stage.Stage;
import dev.sluice.stage.StageContext;
import dev.sluice.stage.StageResult;
import dev.sluice.stage.artifact.ArtifactStore;
import dev.sluice.stage.artifact.LocalFile;
import dev.sluice.stage.artifact.SourceProvider;
import dev.sluice.stage.artifact.TaskArtifact;
import dev.sluice.workspace.Workspace;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Encodes one task of a long video: the pictures of one segment in all renditions, or the sound of the whole. */
public final class SegmentStage implements Stage {
    private final SourceProvider sources;
    private final Workspace workspace;
    private final CachingMediaProber prober;
    private final MediaConfig media;
    private final Function<MediaConfig, SegmentEncoder> encoders;
    private final EncodeSpeedEstimator speedEstimator;
    private final WorkerExecutor workers;
    private final OutputSizeEstimator sizeEstimator;
    private final ArtifactStore artifactStore;
    private final int threads;

    /**
     * Puts the stage together.
     *
     * @param threads that one FFmpeg run may use
     */
    public SegmentStage(
            SourceProvider sources,
            Workspace workspace,
            CachingMediaProber prober,
            MediaConfig media,
            Function<MediaConfig, SegmentEncoder> encoders,
            EncodeSpeedEstimator speedEstimator,
            WorkerExecutor workers,
            OutputSizeEstimator sizeEstimator,
            ArtifactStore artifactStore,
            int threads) {
        this.sources = sources;
        this.workspace = workspace;
        this.prober = prober;
        this.media = media;
        this.encoders = encoders;
        this.speedEstimator = speedEstimator;
        this.workers = workers;
        this.sizeEstimator = sizeEstimator;
        this.artifactStore = artifactStore;
        this.threads = threads;
    }

    @Override
    public StageName name() {
        return StageName.SEGMENT;
    }

    @Override
    public Future<StageResult> run(StageContext context) {
        EncodePlan plan = SegmentTasks.planOf(context.job());
        int task = context.attempt().run().task();
        SegmentEncoder encoder = encoders.apply(SegmentTasks.media(plan, media));
        if (task == SegmentTasks.AUDIO_TASK && plan.hasAudio()) {
            return sources.withSource(context, source -> sound(context, plan, encoder, source));
        }
        Segment segment = new SegmentTasks(plan).segment(task);
        return sources.withSource(
                context,
                source -> pictures(context, plan.firstFrameTimes().get(segment.number()), segment, encoder, source));
    }

    private Future<StageResult> sound(StageContext context, EncodePlan plan, SegmentEncoder encoder, Path source) {
        return workspace.withAttemptDirectory(
                context.attempt(),
                sizeEstimator.estimateBytes(plan.end()),
                directory -> workers.executeBlocking(
                                () -> {
                                    MediaInfo info = prober.probe(source, context.cancellation());
                                    return encoder.encodeAudio(
                                            source,
                                            info,
                                            info.audio().orElseThrow(SegmentStage::changed),
                                            directory.path(),
                                            encoding(context),
                                            context.cancellation());
                                },
                                false)
                        .compose(file -> keep(context, List.of(file), new JsonObject(), new JsonObject())));
    }

    private static JobException changed() {
        return new JobException(ErrorCode.OBJECT_CHANGED, "The source has no sound any more.");
    }

    private Future<StageResult> pictures(
            StageContext context, Optional<Duration> first, Segment segment, SegmentEncoder encoder, Path source) {
        return workspace.withAttemptDirectory(
                context.attempt(),
                sizeEstimator.estimateBytes(segment.end().minus(segment.start())),
                directory -> workers.executeBlocking(
                                () -> timed(context, first, segment, encoder, source, directory.path()), false)
                        .compose(made ->
                                keep(context, made.files(), figures(segment, made), new SegmentResult(made).toJson())));
    }

    private EncodedSegment timed(
            StageContext context,
            Optional<Duration> first,
            Segment segment,
            SegmentEncoder encoder,
            Path source,
            Path directory) {
        MediaInfo info = prober.probe(source, context.cancellation());
        long began = System.nanoTime();
        EncodedSegment made = encoder.encodeVideo(
                source, info, segment, first, directory, threads, encoding(context), context.cancellation());
        speedEstimator.record(info, frames(made), Duration.ofNanos(System.nanoTime() - began));
        return made;
    }

    private ProgressListener encoding(StageContext context) {
        return done -> context.progress().report(done * (1 - artifactStore.progressShare()));
    }

    private static JsonObject figures(Segment segment, EncodedSegment made) {
        return new JsonObject().put("segment", segment.number()).put("frames", frames(made));
    }

    private static long frames(EncodedSegment made) {
        return made.frames().map(EncodedSegment.FrameRange::count).orElse(0L);
    }

    private Future<StageResult> keep(StageContext context, List<Path> files, JsonObject figures, JsonObject part) {
        ProgressListener leaving = done -> context.progress().report(1 - artifactStore.progressShare() * (1 - done));
        return sized(files)
                .compose(sized -> artifactStore.store(context, sized, leaving).map(places -> {
                    List<TaskArtifact> pieces = IntStream.range(0, sized.size())
                            .mapToObj(number -> new TaskArtifact(
                                    String.valueOf(sized.get(number).file().getFileName()),
                                    sized.get(number).bytes(),
                                    places.get(number)))
                            .toList();
                    JsonObject summary = figures.put(
                            "bytes",
                            pieces.stream().mapToLong(TaskArtifact::bytes).sum());
                    return StageResult.ofTask(
                            context.job(),
                            summary,
                            TaskArtifact.toTaskResult(pieces).mergeIn(part));
                }));
    }

    private Future<List<LocalFile>> sized(List<Path> files) {
        return workers.executeBlocking(
                () -> files.stream().map(SegmentStage::sized).toList(), false);
    }

    private static LocalFile sized(Path file) {
        try {
            String type = file.toString().endsWith(".jpg") ? "image/jpeg" : "video/mp4";
            return new LocalFile(file, Files.size(file), type);
        } catch (IOException cause) {
            throw new JobException(ErrorCode.OUTPUT_INVALID, "An output of the encode is missing.", cause);
        }
    }
}
