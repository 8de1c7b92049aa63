package dev.sluice.stage.encode;

import dev.sluice.config.MediaConfig;
import dev.sluice.ffmpeg.probe.CachingMediaProber;
import dev.sluice.ffmpeg.text.TextTrackExtractor;
import dev.sluice.ffmpeg.text.TextTracks;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.media.ProbedSource;
import dev.sluice.media.rendition.EncodeResult;
import dev.sluice.message.EncodePlan;
import dev.sluice.message.StagedJob;
import dev.sluice.stage.StageContext;
import dev.sluice.stage.artifact.SourceProvider;
import dev.sluice.workspace.AttemptDirectory;
import dev.sluice.workspace.Workspace;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.Callable;
import java.util.function.Function;

/** Services shared by the stages that encode. */
public record EncodeServices(
        SourceProvider sources,
        Workspace workspace,
        CachingMediaProber prober,
        WorkerExecutor workers,
        TextTrackExtractor textTracks,
        MediaConfig.Profiles profiles) {
    /**
     * The settings of a job that has no plan yet.
     *
     * @throws JobException UNKNOWN_PROFILE if it names a profile that this host does not have
     */
    MediaConfig media(StagedJob job) {
        try {
            return profiles.of(job.profile());
        } catch (IllegalArgumentException unknown) {
            throw new JobException(
                    ErrorCode.UNKNOWN_PROFILE,
                    "The profile '" + job.profile().orElse("") + "' is not configured: the field 'profile' "
                            + unknown.getMessage() + ".",
                    unknown);
        }
    }

    /**
     * The settings of a plan, with the limits of this host.
     *
     * @throws JobException INVALID_MESSAGE if the settings are invalid
     */
    MediaConfig media(EncodePlan plan) {
        return SegmentTasks.media(plan, profiles.standard());
    }

    /** Makes the source available on this host, probes it, and runs {@code work} with it. */
    <T> Future<T> withSource(StageContext context, Function<ProbedSource, Future<T>> work) {
        return sources.withSource(
                context,
                path -> blocking(() -> new ProbedSource(path, prober.probe(path, context.cancellation())))
                        .compose(work));
    }

    /** Extracts the text tracks of a source into a directory. */
    Future<TextTracks> extractText(StageContext context, ProbedSource source, AttemptDirectory directory) {
        return blocking(() -> textTracks.extract(source, directory.path(), context.cancellation()));
    }

    /** Adds the closed captions of the renditions, which are the same in all, to text tracks. */
    Future<TextTracks> addCaptions(StageContext context, EncodeResult result, TextTracks text) {
        return blocking(
                () -> textTracks.addCaptions(text, result.renditions().get(0).file(), context.cancellation()));
    }

    /** Runs blocking work on the worker pool, concurrently with other work. */
    <T> Future<T> blocking(Callable<T> work) {
        return workers.executeBlocking(work, false);
    }
}
