package dev.sluice.stage.encode;

import dev.sluice.config.MediaConfig;
import dev.sluice.ffmpeg.segment.SegmentConcatenator;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.StageName;
import dev.sluice.media.Dimensions;
import dev.sluice.media.SourceDamage;
import dev.sluice.media.rendition.EncodeResult;
import dev.sluice.media.rendition.ThumbnailFiles;
import dev.sluice.message.EncodePlan;
import dev.sluice.message.StagedJob;
import dev.sluice.message.VideoMetadata;
import dev.sluice.persistence.run.TaskResultRepository;
import dev.sluice.stage.Stage;
import dev.sluice.stage.StageContext;
import dev.sluice.stage.StageResult;
import dev.sluice.stage.artifact.TaskArtifact;
import dev.sluice.workspace.AttemptDirectory;
import dev.sluice.workspace.Workspace;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** Makes whole renditions of what the tasks of a long video made, without decoding any of it. */
public final class JoinStage implements Stage {
    /** Getting the pieces; the join itself copies what lies on the disk then. */
    private static final double FETCH_FRACTION = 0.5;

    private final TaskResultRepository taskResults;
    private final Workspace workspace;
    private final TaskArtifactFetcher artifactFetcher;
    private final MediaConfig media;
    private final Function<MediaConfig, SegmentConcatenator> joins;
    private final WorkerExecutor workers;
    private final EncodeOutputStore results;

    public JoinStage(
            TaskResultRepository taskResults,
            Workspace workspace,
            TaskArtifactFetcher artifactFetcher,
            MediaConfig media,
            Function<MediaConfig, SegmentConcatenator> joins,
            WorkerExecutor workers,
            EncodeOutputStore results) {
        this.taskResults = taskResults;
        this.workspace = workspace;
        this.artifactFetcher = artifactFetcher;
        this.media = media;
        this.joins = joins;
        this.workers = workers;
        this.results = results;
    }

    @Override
    public StageName name() {
        return StageName.JOIN;
    }

    @Override
    public Future<StageResult> run(StageContext context) {
        EncodePlan plan = SegmentTasks.planOf(context.job());
        MediaConfig settings = SegmentTasks.media(plan, media);
        return taskResults
                .find(context.job().id(), StageName.SEGMENT)
                .compose(made -> join(context, plan, settings, complete(plan, made)));
    }

    private static SortedMap<Integer, JsonObject> complete(EncodePlan plan, SortedMap<Integer, JsonObject> made) {
        if (made.size() != plan.taskCount()) {
            throw new JobException(
                    ErrorCode.FILES_MISSING,
                    "Of the " + plan.taskCount() + " tasks of the job's plan " + made.size() + " have left results.");
        }
        return made;
    }

    private Future<StageResult> join(
            StageContext context, EncodePlan plan, MediaConfig settings, SortedMap<Integer, JsonObject> made) {
        List<TaskArtifactFetcher.ArtifactRequest> wanted = wanted(plan, settings, made);
        // Once as pieces and once as a whole.
        long bytes =
                2 * wanted.stream().mapToLong(each -> each.artifact().bytes()).sum();
        return workspace.withAttemptDirectory(
                context.attempt(),
                bytes,
                directory -> artifactFetcher
                        .fetchAll(
                                context,
                                wanted,
                                directory,
                                done -> context.progress().report(FETCH_FRACTION * done))
                        .compose(there -> joined(context, plan, settings, made, directory))
                        .compose(whole -> results.store(context, whole)));
    }

    private Future<EncodeResult> joined(
            StageContext context,
            EncodePlan plan,
            MediaConfig settings,
            SortedMap<Integer, JsonObject> made,
            AttemptDirectory directory) {
        return workers.executeBlocking(
                () -> joins.apply(settings)
                        .concatenate(directory.path(), parts(context.job(), plan, made), context.cancellation()),
                false);
    }

    private static SegmentConcatenator.Request parts(
            StagedJob job, EncodePlan plan, SortedMap<Integer, JsonObject> made) {
        List<SegmentResult> segments = made.tailMap(SegmentTasks.of(0)).values().stream()
                .map(SegmentResult::of)
                .toList();
        SourceDamage damage = segments.stream()
                .map(SegmentResult::damage)
                .reduce(new SourceDamage(false, false), SourceDamage::merge);
        return new SegmentConcatenator.Request(
                new Dimensions(plan.width(), plan.height()),
                plan.hasAudio(),
                stated(job),
                damage,
                segments.stream().map(SegmentResult::frames).toList());
    }

    private static Optional<Duration> stated(StagedJob job) {
        return job.metadata()
                .map(VideoMetadata::duration)
                .filter(seconds -> seconds > 0)
                .map(seconds -> Duration.ofMillis(Math.round(seconds * 1e3)));
    }

    /** All files of renditions, in a directory for each segment, the sound, and the thumbnails that a whole encode makes. */
    private static List<TaskArtifactFetcher.ArtifactRequest> wanted(
            EncodePlan plan, MediaConfig settings, SortedMap<Integer, JsonObject> made) {
        SortedMap<Integer, List<TaskArtifact>> pieces = new TreeMap<>();
        made.forEach((task, result) -> pieces.put(task, TaskArtifact.of(result)));
        List<String> names = pieces.values().stream()
                .flatMap(List::stream)
                .map(TaskArtifact::name)
                .toList();
        Set<String> thumbnails = new HashSet<>(ThumbnailFiles.firstPerInterval(
                names, plan.start(), settings.thumbnails().interval()));
        List<TaskArtifactFetcher.ArtifactRequest> wanted = new ArrayList<>();
        for (Map.Entry<Integer, List<TaskArtifact>> task : pieces.entrySet()) {
            for (TaskArtifact artifact : task.getValue()) {
                if (!ThumbnailFiles.isThumbnail(artifact.name())) {
                    boolean sound = task.getKey() == SegmentTasks.AUDIO_TASK;
                    wanted.add(new TaskArtifactFetcher.ArtifactRequest(
                            artifact, sound ? Optional.empty() : Optional.of(Integer.toString(task.getKey() - 1))));
                } else if (thumbnails.remove(artifact.name())) {
                    wanted.add(new TaskArtifactFetcher.ArtifactRequest(artifact, Optional.empty()));
                }
            }
        }
        return wanted;
    }
}
