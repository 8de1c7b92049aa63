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
import dev.sluice.persistence.run.RunRepository;
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
    private static final double FETCH_SHARE = 0.5;

    private final RunRepository runs;
    private final Workspace workspace;
    private final TaskArtifactFetcher pieces;
    private final MediaConfig media;
    private final Function<MediaConfig, SegmentConcatenator> joins;
    private final WorkerExecutor workers;
    private final EncodeOutputStore results;

    public JoinStage(
            RunRepository runs,
            Workspace workspace,
            TaskArtifactFetcher pieces,
            MediaConfig media,
            Function<MediaConfig, SegmentConcatenator> joins,
            WorkerExecutor workers,
            EncodeOutputStore results) {
        this.runs = runs;
        this.workspace = workspace;
        this.pieces = pieces;
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
    public Future<StageResult> run(StageContext run) {
        EncodePlan plan = SegmentTasks.planOf(run.job());
        MediaConfig settings = SegmentTasks.media(plan, media);
        return runs.results(run.job().id(), StageName.SEGMENT)
                .compose(made -> join(run, plan, settings, complete(plan, made)));
    }

    private static SortedMap<Integer, JsonObject> complete(EncodePlan plan, SortedMap<Integer, JsonObject> made) {
        if (made.size() != plan.tasks()) {
            throw new JobException(
                    ErrorCode.FILES_MISSING,
                    "Of the " + plan.tasks() + " tasks of the job's plan " + made.size() + " have left results.");
        }
        return made;
    }

    private Future<StageResult> join(
            StageContext run, EncodePlan plan, MediaConfig settings, SortedMap<Integer, JsonObject> made) {
        List<TaskArtifactFetcher.Wanted> wanted = wanted(plan, settings, made);
        // Once as pieces and once as a whole.
        long bytes = 2 * wanted.stream().mapToLong(each -> each.piece().bytes()).sum();
        return workspace.within(
                run.attempt(),
                bytes,
                directory -> pieces.bring(
                                run, wanted, directory, done -> run.progress().at(FETCH_SHARE * done))
                        .compose(there -> joined(run, plan, settings, made, directory))
                        .compose(whole -> results.keep(run, whole)));
    }

    private Future<EncodeResult> joined(
            StageContext run,
            EncodePlan plan,
            MediaConfig settings,
            SortedMap<Integer, JsonObject> made,
            AttemptDirectory directory) {
        return workers.executeBlocking(
                () -> joins.apply(settings).run(directory.path(), parts(run.job(), plan, made), run.cancellation()),
                false);
    }

    private static SegmentConcatenator.Parts parts(
            StagedJob job, EncodePlan plan, SortedMap<Integer, JsonObject> made) {
        List<SegmentResult> segments = made.tailMap(SegmentTasks.of(0)).values().stream()
                .map(SegmentResult::of)
                .toList();
        SourceDamage damage =
                segments.stream().map(SegmentResult::damage).reduce(new SourceDamage(false, false), SourceDamage::and);
        return new SegmentConcatenator.Parts(
                new Dimensions(plan.width(), plan.height()),
                plan.withSound(),
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
    private static List<TaskArtifactFetcher.Wanted> wanted(
            EncodePlan plan, MediaConfig settings, SortedMap<Integer, JsonObject> made) {
        SortedMap<Integer, List<TaskArtifact>> pieces = new TreeMap<>();
        made.forEach((task, result) -> pieces.put(task, TaskArtifact.of(result)));
        List<String> names = pieces.values().stream()
                .flatMap(List::stream)
                .map(TaskArtifact::name)
                .toList();
        Set<String> thumbnails =
                new HashSet<>(ThumbnailFiles.wanted(names, plan.begin(), settings.thumbnailInterval()));
        List<TaskArtifactFetcher.Wanted> wanted = new ArrayList<>();
        for (Map.Entry<Integer, List<TaskArtifact>> task : pieces.entrySet()) {
            for (TaskArtifact piece : task.getValue()) {
                if (!ThumbnailFiles.isOne(piece.name())) {
                    boolean sound = task.getKey() == SegmentTasks.SOUND;
                    wanted.add(new TaskArtifactFetcher.Wanted(
                            piece, sound ? Optional.empty() : Optional.of(Integer.toString(task.getKey() - 1))));
                } else if (thumbnails.remove(piece.name())) {
                    wanted.add(new TaskArtifactFetcher.Wanted(piece, Optional.empty()));
                }
            }
        }
        return wanted;
    }
}
