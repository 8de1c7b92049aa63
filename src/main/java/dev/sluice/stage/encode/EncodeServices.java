package dev.sluice.stage.encode;

import dev.sluice.config.MediaConfig;
import dev.sluice.ffmpeg.probe.CachingMediaProber;
import dev.sluice.ffmpeg.text.TextTrackExtractor;
import dev.sluice.ffmpeg.text.TextTracks;
import dev.sluice.media.ProbedSource;
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
        OutputSizeEstimator sizeEstimator,
        TextTrackExtractor textTracks,
        MediaConfig media) {
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

    /** Runs blocking work on the worker pool, concurrently with other work. */
    <T> Future<T> blocking(Callable<T> work) {
        return workers.executeBlocking(work, false);
    }
}
