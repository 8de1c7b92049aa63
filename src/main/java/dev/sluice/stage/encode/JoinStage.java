package dev.sluice.stage.encode;

import dev.sluice.config.MediaConfig;
import dev.sluice.ffmpeg.segment.SegmentConcatenator;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.StageName;
import dev.sluice.media.ColorStandard;
import dev.sluice.media.Dimensions;
import dev.sluice.media.SourceDamage;
import dev.sluice.media.StreamTimes;
import dev.sluice.media.preview.TileFiles;
import dev.sluice.media.rendition.EncodeResult;
import dev.sluice.media.rendition.ThumbnailFiles;
import dev.sluice.message.EncodePlan;
import dev.sluice.message.StagedJob;
import dev.sluice.message.VideoMetadata;
import dev.sluice.stage.Stage;
import dev.sluice.stage.StageContext;
import dev.sluice.stage.StageResult;
import dev.sluice.stage.artifact.TaskArtifact;
import dev.sluice.stage.encode.EncodeOutputStore.Encoded;
import dev.sluice.stage.encode.TaskArtifactFetcher.ArtifactRequest;
import dev.sluice.workspace.AttemptDirectory;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/** Concatenates the results of a long video's tasks to whole renditions, without decoding. */
public final class JoinStage implements Stage {
    /** Fraction of the progress for fetching the artifacts; concatenation then copies local files. */
    private static final double FETCH_FRACTION = 0.5;

    private final EncodeServices services;
    private final TaskArtifactFetcher artifactFetcher;
    private final Function<MediaConfig, SegmentConcatenator> concatenators;
    private final EncodeOutputStore outputs;

    public JoinStage(
            EncodeServices services,
            TaskArtifactFetcher artifactFetcher,
            Function<MediaConfig, SegmentConcatenator> concatenators,
            EncodeOutputStore outputs) {
        this.services = services;
        this.artifactFetcher = artifactFetcher;
        this.concatenators = concatenators;
        this.outputs = outputs;
    }

    @Override
    public StageName name() {
        return StageName.JOIN;
    }

    @Override
    public Future<StageResult> run(StageContext context) {
        EncodePlan plan = SegmentTasks.planOf(context.job());
        MediaConfig settings = services.media(plan);
        return context.taskResults()
                .get()
                .compose(results -> join(context, plan, settings, requireComplete(plan, results)));
    }

    private static SortedMap<Integer, JsonObject> requireComplete(
            EncodePlan plan, SortedMap<Integer, JsonObject> results) {
        if (results.size() != plan.taskCount()) {
            throw new JobException(
                    ErrorCode.FILES_MISSING,
                    "Only " + results.size() + " of the " + plan.taskCount() + " planned tasks have results.");
        }
        return results;
    }

    private Future<StageResult> join(
            StageContext context, EncodePlan plan, MediaConfig settings, SortedMap<Integer, JsonObject> results) {
        List<ArtifactRequest> requests = artifacts(plan, settings, results);
        // Segments and whole files are on the disk at the same time.
        long bytes =
                2 * requests.stream().mapToLong(each -> each.artifact().bytes()).sum();
        return services.workspace()
                .withAttemptDirectory(
                        context.attempt(),
                        bytes,
                        directory -> outputs.store(
                                context,
                                settings,
                                (part, written) -> artifactFetcher
                                        .fetchAll(
                                                part,
                                                requests,
                                                directory,
                                                fraction -> part.progress().report(FETCH_FRACTION * fraction))
                                        .compose(fetched ->
                                                concatenate(part, plan, settings, results, directory, written))
                                        .compose(whole -> services.addCaptions(
                                                        part, whole, TaskTextTracks.of(results.values(), directory))
                                                .map(text -> new Encoded(whole, text)))));
    }

    private Future<EncodeResult> concatenate(
            StageContext context,
            EncodePlan plan,
            MediaConfig settings,
            SortedMap<Integer, JsonObject> results,
            AttemptDirectory directory,
            Consumer<Path> written) {
        return services.blocking(() -> concatenators
                .apply(settings)
                .concatenate(directory.path(), request(context.job(), plan, results), written, context.cancellation())
                .withWarnings(plan.warnings())
                .withLoudness(results.values().stream()
                        .map(SegmentResult::of)
                        .flatMap(task -> task.loudness().stream())
                        .findFirst()));
    }

    private static SegmentConcatenator.Request request(
            StagedJob job, EncodePlan plan, SortedMap<Integer, JsonObject> results) {
        SortedMap<Integer, SegmentResult> tasks = new TreeMap<>();
        results.forEach((task, result) -> tasks.put(task, SegmentResult.of(result)));
        Collection<SegmentResult> segments = tasks.tailMap(SegmentTasks.of(0)).values();
        SourceDamage damage = tasks.values().stream()
                .map(SegmentResult::damage)
                .reduce(new SourceDamage(false, false), SourceDamage::merge);
        return new SegmentConcatenator.Request(
                new Dimensions(plan.video().width(), plan.video().height()),
                plan.hasAudio(),
                statedDuration(job),
                new StreamTimes(Duration.ZERO, Optional.of(plan.start()), plan.audioStart(), plan.audioEnd()),
                damage,
                color(plan),
                plan.video().frameRate(),
                segments.stream().map(SegmentResult::frames).toList());
    }

    private static Optional<ColorStandard> color(EncodePlan plan) {
        return Stream.of(ColorStandard.values())
                .filter(color -> color.name().equals(plan.video().color()))
                .findFirst();
    }

    private static Optional<Duration> statedDuration(StagedJob job) {
        return job.metadata()
                .map(VideoMetadata::duration)
                .filter(seconds -> seconds > 0)
                .map(seconds -> Duration.ofMillis(Math.round(seconds * 1e3)));
    }

    /**
     * All renditions, in a directory for each segment, the audio, the text tracks, and the thumbnails and tiles that an encode in one
     * piece makes.
     */
    private static List<ArtifactRequest> artifacts(
            EncodePlan plan, MediaConfig settings, SortedMap<Integer, JsonObject> results) {
        SortedMap<Integer, List<TaskArtifact>> artifacts = new TreeMap<>();
        results.forEach((task, result) -> artifacts.put(task, TaskArtifact.fromTaskResult(result)));
        List<String> names = artifacts.values().stream()
                .flatMap(List::stream)
                .map(TaskArtifact::name)
                .toList();
        Set<String> stills = new HashSet<>(ThumbnailFiles.firstPerInterval(
                names, plan.start(), settings.thumbnails().interval()));
        stills.addAll(TileFiles.firstPerInterval(
                names, plan.start(), TileFiles.interval(plan.end().minus(plan.start()))));
        List<ArtifactRequest> requests = new ArrayList<>();
        for (Map.Entry<Integer, List<TaskArtifact>> task : artifacts.entrySet()) {
            for (TaskArtifact artifact : task.getValue()) {
                if (!ThumbnailFiles.isThumbnail(artifact.name()) && !TileFiles.isTile(artifact.name())) {
                    boolean isWhole =
                            task.getKey() == SegmentTasks.AUDIO_TASK || TaskTextTracks.isTextTrack(artifact.name());
                    requests.add(new ArtifactRequest(
                            artifact, isWhole ? Optional.empty() : Optional.of(Integer.toString(task.getKey() - 1))));
                } else if (stills.remove(artifact.name())) {
                    requests.add(new ArtifactRequest(artifact, Optional.empty()));
                }
            }
        }
        return requests;
    }
}
