package dev.sluice.stage;

import dev.sluice.blob.KeyTemplates;
import dev.sluice.blob.Workspace;
import dev.sluice.job.StageName;
import dev.sluice.media.EncodeResult;
import dev.sluice.media.Encoder;
import dev.sluice.media.MediaInfo;
import dev.sluice.media.RecentProbes;
import dev.sluice.media.RenditionFile;
import dev.sluice.media.ThumbnailFile;
import dev.sluice.message.OutputFile;
import dev.sluice.message.StagedJob;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes all renditions and thumbnails with one FFmpeg run that decodes the source once. */
public final class ProcessingStage implements Stage {
    private final SourceFile sources;
    private final Workspace workspace;
    private final RecentProbes prober;
    private final Encoder encoder;
    private final KeyTemplates keys;
    private final WorkerExecutor workers;
    private final OutputSpace space;
    private final int threads;

    /**
     * Puts the stage together.
     *
     * @param threads that one FFmpeg run may use
     */
    public ProcessingStage(
            SourceFile sources,
            Workspace workspace,
            RecentProbes prober,
            Encoder encoder,
            KeyTemplates keys,
            WorkerExecutor workers,
            OutputSpace space,
            int threads) {
        this.sources = sources;
        this.workspace = workspace;
        this.prober = prober;
        this.encoder = encoder;
        this.keys = keys;
        this.workers = workers;
        this.space = space;
        this.threads = threads;
    }

    @Override
    public StageName name() {
        return StageName.PROCESSING;
    }

    @Override
    public Future<StageResult> run(StageRun run) {
        return sources.missingBytes(run.job())
                .compose(missing -> workspace.within(
                        run.attempt(),
                        missing + space.outputBytes(run.job().metadata()),
                        directory -> sources.find(run, directory)
                                .compose(source -> encode(run, source, directory.path()))
                                .map(made -> result(run.job(), made))));
    }

    private Future<EncodeResult> encode(StageRun run, Path source, Path directory) {
        return workers.executeBlocking(
                () -> {
                    MediaInfo info = prober.probe(source, run.cancellation());
                    return encoder.encode(source, info, directory, threads, run.progress(), run.cancellation());
                },
                false);
    }

    private StageResult result(StagedJob job, EncodeResult made) {
        List<OutputFile> outputs = new ArrayList<>();
        made.renditions().forEach(rendition -> outputs.add(output(job, rendition)));
        made.thumbnails().forEach(thumbnail -> outputs.add(output(job, thumbnail)));
        StagedJob after = job.withOutputs(outputs).withWarnings(made.warnings());
        JsonObject summary = new JsonObject()
                .put("renditions", made.renditions().size())
                .put("thumbnails", made.thumbnails().size())
                .put("bytes", outputs.stream().mapToLong(OutputFile::fileSize).sum());
        return new StageResult(after, summary);
    }

    private OutputFile output(StagedJob job, RenditionFile rendition) {
        return new OutputFile(
                OutputFile.Type.SCALED,
                keys.video(job.mediaId(), rendition.quality()).value(),
                rendition.width(),
                rendition.height(),
                rendition.bytes(),
                "video/mp4",
                rendition.quality(),
                0,
                Optional.of(workspace.relative(rendition.file())));
    }

    private OutputFile output(StagedJob job, ThumbnailFile thumbnail) {
        return new OutputFile(
                OutputFile.Type.THUMBNAIL,
                keys.thumbnail(job.mediaId(), thumbnail.index()).value(),
                thumbnail.width(),
                thumbnail.height(),
                thumbnail.bytes(),
                "image/jpeg",
                "",
                thumbnail.timestamp().toMillis() / 1000.0,
                Optional.of(workspace.relative(thumbnail.file())));
    }
}
