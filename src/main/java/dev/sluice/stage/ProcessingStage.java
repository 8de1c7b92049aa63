package dev.sluice.stage;

import dev.sluice.blob.BlobKey;
import dev.sluice.blob.KeyTemplates;
import dev.sluice.blob.Workspace;
import dev.sluice.job.Progress;
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

/** Makes all renditions and thumbnails with one FFmpeg run that decodes the source once. */
public final class ProcessingStage implements Stage {
    private final SourceFile sources;
    private final Workspace workspace;
    private final RecentProbes prober;
    private final Encoder encoder;
    private final KeyTemplates keys;
    private final WorkerExecutor workers;
    private final OutputSpace space;
    private final ResultPlace results;
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
            ResultPlace results,
            int threads) {
        this.sources = sources;
        this.workspace = workspace;
        this.prober = prober;
        this.encoder = encoder;
        this.keys = keys;
        this.workers = workers;
        this.space = space;
        this.results = results;
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
                        space.bytes(missing, run.job().metadata()),
                        directory -> sources.find(run, directory)
                                .compose(source -> encode(run, source, directory.path()))
                                .compose(made -> keep(run, made))));
    }

    private Future<EncodeResult> encode(StageRun run, Path source, Path directory) {
        Progress encoding = done -> run.progress().at(done * (1 - results.share()));
        return workers.executeBlocking(
                () -> {
                    MediaInfo info = prober.probe(source, run.cancellation());
                    return encoder.encode(source, info, directory, threads, encoding, run.cancellation());
                },
                false);
    }

    private Future<StageResult> keep(StageRun run, EncodeResult made) {
        List<Upload> all = new ArrayList<>();
        made.renditions().forEach(rendition -> all.add(result(run.job().mediaId(), rendition)));
        made.thumbnails().forEach(thumbnail -> all.add(result(run.job().mediaId(), thumbnail)));
        Progress leaving = done -> run.progress().at(1 - results.share() * (1 - done));
        return results.keep(run, all, leaving).map(outputs -> {
            StagedJob after = run.job().withOutputs(outputs).withWarnings(made.warnings());
            JsonObject summary = new JsonObject()
                    .put("renditions", made.renditions().size())
                    .put("thumbnails", made.thumbnails().size())
                    .put(
                            "bytes",
                            outputs.stream().mapToLong(OutputFile::fileSize).sum());
            return new StageResult(after, summary);
        });
    }

    private Upload result(String mediaId, RenditionFile rendition) {
        BlobKey key = keys.video(mediaId, rendition.quality());
        return new Upload(
                new OutputFile(
                        OutputFile.Type.SCALED,
                        key.value(),
                        rendition.width(),
                        rendition.height(),
                        rendition.bytes(),
                        "video/mp4",
                        rendition.quality(),
                        0),
                key,
                rendition.file());
    }

    private Upload result(String mediaId, ThumbnailFile thumbnail) {
        BlobKey key = keys.thumbnail(mediaId, thumbnail.index());
        return new Upload(
                new OutputFile(
                        OutputFile.Type.THUMBNAIL,
                        key.value(),
                        thumbnail.width(),
                        thumbnail.height(),
                        thumbnail.bytes(),
                        "image/jpeg",
                        "",
                        thumbnail.timestamp().toMillis() / 1000.0),
                key,
                thumbnail.file());
    }
}
