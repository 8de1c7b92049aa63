package dev.sluice.stage;

import dev.sluice.blob.BlobKey;
import dev.sluice.blob.Blobs;
import dev.sluice.blob.Workspace;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobFailure;
import dev.sluice.job.StageName;
import dev.sluice.message.OutputFile;
import dev.sluice.message.StagedJob;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Puts what processing made into the store and makes sure that it is there. */
public final class UploadStage implements Stage {
    private final Blobs blobs;
    private final Workspace workspace;

    public UploadStage(Blobs blobs, Workspace workspace) {
        this.blobs = blobs;
        this.workspace = workspace;
    }

    @Override
    public StageName name() {
        return StageName.UPLOAD;
    }

    @Override
    public Future<StageResult> run(StageRun run) {
        return find(run.job())
                .compose(uploads -> putAll(run, uploads))
                .map(stored -> new StageResult(run.job().withOutputs(stored), summary(stored)));
    }

    private static JsonObject summary(List<OutputFile> stored) {
        long bytes = stored.stream().mapToLong(OutputFile::fileSize).sum();
        return new JsonObject().put("objects", stored.size()).put("bytes", bytes);
    }

    private Future<List<Upload>> find(StagedJob job) {
        if (job.outputs().isEmpty()) {
            throw new JobFailure(ErrorCode.INVALID_MESSAGE, "The message names no outputs to upload.");
        }
        return Future.all(
                        job.outputs().stream().map(output -> find(job, output)).toList())
                .map(all -> all.list());
    }

    private Future<Upload> find(StagedJob job, OutputFile output) {
        String path = output.localPath()
                .orElseThrow(() -> new JobFailure(
                        ErrorCode.INVALID_MESSAGE, "The message does not say where the file for an output lies."));
        return workspace.resolve(job.id(), path).map(file -> new Upload(output, key(output), file, output.fileSize()));
    }

    private static BlobKey key(OutputFile output) {
        try {
            return new BlobKey(output.s3Key());
        } catch (IllegalArgumentException bad) {
            throw new JobFailure(
                    ErrorCode.INVALID_MESSAGE, "The s3Key of an output cannot be used: " + bad.getMessage() + ".", bad);
        }
    }

    /** One object after the other: each is sent in parallel parts already. */
    private Future<List<OutputFile>> putAll(StageRun run, List<Upload> uploads) {
        long total = Math.max(1, uploads.stream().mapToLong(Upload::bytes).sum());
        Future<Long> sent = Future.succeededFuture(0L);
        for (Upload upload : uploads) {
            sent = sent.compose(before -> put(run, upload, before, total).map(before + upload.bytes()));
        }
        return sent.map(uploads.stream().map(Upload::stored).toList());
    }

    private Future<?> put(StageRun run, Upload upload, long before, long total) {
        return blobs.put(
                upload.key(),
                upload.file(),
                upload.output().mimeType(),
                done -> run.progress().at((before + done * upload.bytes()) / total),
                run.cancellation());
    }

    private record Upload(OutputFile output, BlobKey key, Path file, long bytes) {
        /** The output as the world may know it: where it lay on this host is nobody's business. */
        OutputFile stored() {
            return new OutputFile(
                    output.type(),
                    output.s3Key(),
                    output.width(),
                    output.height(),
                    output.fileSize(),
                    output.mimeType(),
                    output.quality(),
                    output.timestamp(),
                    Optional.empty());
        }
    }
}
