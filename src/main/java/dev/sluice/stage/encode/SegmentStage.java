package dev.sluice.stage.encode;

import dev.sluice.config.MediaConfig;
import dev.sluice.ffmpeg.encode.EncodeRequest;
import dev.sluice.ffmpeg.segment.SegmentEncoder;
import dev.sluice.ffmpeg.segment.SegmentRequest;
import dev.sluice.ffmpeg.text.TextTracks;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.media.AudioStream;
import dev.sluice.media.Dimensions;
import dev.sluice.media.ProbedSource;
import dev.sluice.media.segment.EncodedSegment;
import dev.sluice.media.segment.Segment;
import dev.sluice.media.text.TextTrackFile;
import dev.sluice.message.EncodePlan;
import dev.sluice.message.StagedJob;
import dev.sluice.stage.Stage;
import dev.sluice.stage.StageContext;
import dev.sluice.stage.StageResult;
import dev.sluice.stage.TaskStream;
import dev.sluice.stage.artifact.ArtifactStore;
import dev.sluice.stage.artifact.LocalFile;
import dev.sluice.stage.artifact.TaskArtifact;
import dev.sluice.workspace.AttemptDirectory;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Encodes one task of a long video: the video of one segment in all renditions, or the whole audio. The task of the audio, or else
 * of the first segment, also extracts the text tracks.
 */
public final class SegmentStage implements Stage {
    private final EncodeServices services;
    private final Function<MediaConfig, SegmentEncoder> encoders;
    private final ArtifactStore artifactStore;
    private final int threads;
    private final GrowingPieces growing;
    private final Function<JobId, Future<Void>> growth;

    /**
     * Creates the stage.
     *
     * @param threads that one FFmpeg run may use
     * @param growth lets the published stream of a job grow after a task; never fails
     */
    public SegmentStage(
            EncodeServices services,
            Function<MediaConfig, SegmentEncoder> encoders,
            ArtifactStore artifactStore,
            int threads,
            GrowingPieces growing,
            Function<JobId, Future<Void>> growth) {
        this.services = services;
        this.encoders = encoders;
        this.artifactStore = artifactStore;
        this.threads = threads;
        this.growing = growing;
        this.growth = growth;
    }

    @Override
    public StageName name() {
        return StageName.SEGMENT;
    }

    @Override
    public Future<StageResult> run(StageContext context) {
        EncodePlan plan = SegmentTasks.planOf(context.job());
        int task = context.attempt().run().task();
        SegmentEncoder encoder = encoders.apply(services.media(plan));
        if (task == SegmentTasks.AUDIO_TASK && plan.hasAudio()) {
            return services.withSource(context, source -> encodeAudio(context, plan, encoder, source));
        }
        Segment segment = new SegmentTasks(plan).segment(task);
        return services.withSource(context, source -> encodeVideo(context, plan, segment, encoder, source));
    }

    @Override
    public Future<Void> taskCommitted(StagedJob job) {
        return SegmentTasks.planOf(job).growing().isPresent() ? growth.apply(job.id()) : Future.succeededFuture();
    }

    private Future<StageResult> encodeAudio(
            StageContext context, EncodePlan plan, SegmentEncoder encoder, ProbedSource source) {
        AudioStream audio = source.info()
                .audio()
                .orElseThrow(() ->
                        new JobException(ErrorCode.OBJECT_CHANGED, "The audio stream is missing from the source."));
        return encode(
                context,
                source,
                estimateBytes(plan, plan.end()),
                true,
                request -> services.blocking(() -> encoder.runner().gain(request, audio))
                        .compose(gain -> audioHead(
                                        context,
                                        plan,
                                        duration -> services.blocking(
                                                () -> encoder.encodeAudioHead(request, audio, gain, duration)))
                                .compose(head -> services.blocking(() -> encoder.encodeAudio(request, audio, gain))
                                        .map(whole -> new Audio(whole, head)))),
                (result, text) -> growing.publishAudio(
                                context, plan, result.whole().file(), result.head())
                        .compose(stream -> store(
                                context,
                                List.of(result.whole().file()),
                                text,
                                new JsonObject(),
                                new SegmentResult(result.whole()).toJson().mergeIn(stream))));
    }

    private record Audio(SegmentEncoder.EncodedAudio whole, Optional<TaskStream> head) {}

    /** Viewers need not wait for the whole audio. */
    private Future<Optional<TaskStream>> audioHead(
            StageContext context, EncodePlan plan, Function<Duration, Future<Path>> encode) {
        return growing.publishAudioHead(context, plan, encode)
                .compose(head ->
                        head.isPresent() ? growth.apply(context.job().id()).map(head) : Future.succeededFuture(head));
    }

    private Future<StageResult> encodeVideo(
            StageContext context, EncodePlan plan, Segment segment, SegmentEncoder encoder, ProbedSource source) {
        return encode(
                context,
                source,
                estimateBytes(plan, segment.end().minus(segment.start())),
                segment.isFirst() && !plan.hasAudio(),
                request -> services.blocking(() -> encoder.encodeVideo(new SegmentRequest(
                        request,
                        new Dimensions(plan.video().width(), plan.video().height()),
                        segment,
                        plan.firstFrameTimes().get(segment.number())))),
                (result, text) -> growing.publishVideo(context, plan, segment, result)
                        .compose(stream -> store(
                                context,
                                result.files(),
                                text,
                                summary(segment, result),
                                new SegmentResult(result).toJson().mergeIn(stream))));
    }

    private long estimateBytes(EncodePlan plan, Duration part) {
        return new OutputSizeEstimator(services.media(plan)).estimateBytes(part);
    }

    /**
     * Encodes into a new attempt directory with space for outputs.
     *
     * @param bytes estimated size of the outputs
     * @param extractsText whether this task also extracts the text tracks of the whole video
     */
    private <T> Future<StageResult> encode(
            StageContext context,
            ProbedSource source,
            long bytes,
            boolean extractsText,
            Function<EncodeRequest, Future<T>> encode,
            BiFunction<T, TextTracks, Future<StageResult>> store) {
        return services.workspace()
                .withAttemptDirectory(
                        context.attempt(),
                        bytes,
                        directory -> encode.apply(request(context, source, directory))
                                .compose(result -> (extractsText
                                                ? services.extractText(context, source, directory)
                                                : Future.succeededFuture(TextTracks.NONE))
                                        .compose(text -> store.apply(result, text))));
    }

    private EncodeRequest request(StageContext context, ProbedSource source, AttemptDirectory directory) {
        return new EncodeRequest(
                source,
                directory.path(),
                threads,
                artifactStore.encodeProgress(context),
                file -> {},
                context.cancellation());
    }

    private static JsonObject summary(Segment segment, EncodedSegment result) {
        return new JsonObject()
                .put("segment", segment.number())
                .put(
                        "frames",
                        result.frames().map(EncodedSegment.FrameRange::count).orElse(0L));
    }

    private Future<StageResult> store(
            StageContext context, List<Path> paths, TextTracks text, JsonObject summary, JsonObject segmentResult) {
        return services.blocking(() -> Stream.concat(
                                paths.stream(), text.tracks().stream().map(TextTrackFile::file))
                        .map(SegmentStage::localFile)
                        .toList())
                .compose(files -> artifactStore.store(context, files).map(locations -> {
                    List<TaskArtifact> artifacts = IntStream.range(0, files.size())
                            .mapToObj(i -> new TaskArtifact(
                                    String.valueOf(files.get(i).file().getFileName()),
                                    files.get(i).bytes(),
                                    locations.get(i)))
                            .toList();
                    return StageResult.ofTask(
                            context.job(),
                            summary.put(
                                    "bytes",
                                    files.stream().mapToLong(LocalFile::bytes).sum()),
                            TaskArtifact.toTaskResult(artifacts)
                                    .mergeIn(segmentResult)
                                    .mergeIn(TaskTextTracks.toJson(text)));
                }));
    }

    private static LocalFile localFile(Path file) {
        try {
            String name = file.toString();
            String type = name.endsWith(".jpg") ? "image/jpeg" : "video/mp4";
            return new LocalFile(
                    file, Files.size(file), TaskTextTracks.isTextTrack(name) ? TextTrackFile.CONTENT_TYPE : type);
        } catch (IOException cause) {
            throw new JobException(ErrorCode.OUTPUT_INVALID, "An output of the encode is missing.", cause);
        }
    }
}
