package dev.sluice.stage.transfer;

import dev.sluice.ffmpeg.probe.CachingMediaProber;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.StageName;
import dev.sluice.media.Dimensions;
import dev.sluice.media.MediaInfo;
import dev.sluice.message.StagedJob;
import dev.sluice.message.VideoMetadata;
import dev.sluice.stage.Stage;
import dev.sluice.stage.StageContext;
import dev.sluice.stage.StageResult;
import dev.sluice.stage.artifact.SourceProvider;
import dev.sluice.workspace.Workspace;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;

/** Downloads the source, probes it, and rejects it if it is not a video. */
public final class DownloadStage implements Stage {
    /** Fraction of the progress for the download; probing is the rest. */
    private static final double FETCH_FRACTION = 0.95;

    private static final double MILLIS = 1000.0;

    private final SourceProvider sources;
    private final Workspace workspace;
    private final CachingMediaProber prober;
    private final WorkerExecutor workers;

    public DownloadStage(
            SourceProvider sources, Workspace workspace, CachingMediaProber prober, WorkerExecutor workers) {
        this.sources = sources;
        this.workspace = workspace;
        this.prober = prober;
        this.workers = workers;
    }

    @Override
    public StageName name() {
        return StageName.DOWNLOAD;
    }

    @Override
    public Future<StageResult> run(StageContext context) {
        requireVideo(context.job());
        return sources.sizeOf(context.job())
                .compose(bytes -> workspace.withAttemptDirectory(
                        context.attempt(),
                        bytes,
                        directory -> sources.download(
                                        context,
                                        directory,
                                        fraction -> context.progress().report(fraction * FETCH_FRACTION))
                                .compose(source ->
                                        probe(context, source).map(info -> result(context.job(), source, info)))));
    }

    private static void requireVideo(StagedJob job) {
        String type = job.mediaType().orElse("VIDEO");
        if (!type.equals("VIDEO")) {
            throw new JobException(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "The mediaType of the job must be VIDEO.");
        }
    }

    private Future<MediaInfo> probe(StageContext context, Path source) {
        return workers.executeBlocking(() -> prober.probe(source, context.cancellation()), false);
    }

    private static VideoMetadata metadata(StagedJob job, MediaInfo info) {
        Dimensions size = info.video().displaySize();
        return new VideoMetadata(
                info.duration().map(length -> length.toMillis() / MILLIS).orElse(0.0),
                info.video().codec(),
                info.bitrate(),
                Math.round(info.video().frameRate() * MILLIS) / MILLIS,
                size.width(),
                size.height(),
                info.bytes(),
                // As declared by the producer; for display only.
                job.mimeType().orElse(""));
    }

    private StageResult result(StagedJob job, Path source, MediaInfo info) {
        StagedJob updated = job.withSource(workspace.relativize(source), metadata(job, info));
        return new StageResult(updated, new JsonObject().put("bytes", info.bytes()));
    }
}
