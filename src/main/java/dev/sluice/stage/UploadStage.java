package dev.sluice.stage;

import dev.sluice.blob.BlobKey;
import dev.sluice.blob.Blobs;
import dev.sluice.blob.KeyTemplates;
import dev.sluice.blob.Staging;
import dev.sluice.blob.Workspace;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobFailure;
import dev.sluice.job.StageName;
import dev.sluice.message.OutputFile;
import dev.sluice.message.StagedJob;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Puts what processing made into the store and makes sure that it is there. */
public final class UploadStage implements Stage {
    private final Blobs blobs;
    private final Staging staging;
    private final Workspace workspace;
    private final KeyTemplates keys;

    public UploadStage(Blobs blobs, Staging staging, Workspace workspace, KeyTemplates keys) {
        this.blobs = blobs;
        this.staging = staging;
        this.workspace = workspace;
        this.keys = keys;
    }

    @Override
    public StageName name() {
        return StageName.UPLOAD;
    }

    @Override
    public Future<StageResult> run(StageRun run) {
        return find(run.job())
                .compose(uploads -> new StagedUpload(blobs, staging, run, uploads)
                        .run()
                        .map(done -> uploads.stream().map(Upload::stored).toList()))
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
        BlobKey key = key(job, output);
        return workspace.resolve(job.id(), path).map(file -> new Upload(output, key, file));
    }

    private BlobKey key(StagedJob job, OutputFile output) {
        try {
            BlobKey key = new BlobKey(output.s3Key());
            if (!keys.isResultOf(job.mediaId(), key)) {
                throw new JobFailure(
                        ErrorCode.INVALID_MESSAGE,
                        "The s3Key of an output cannot be used: it is not where a result of this media goes.");
            }
            return key;
        } catch (IllegalArgumentException bad) {
            throw new JobFailure(
                    ErrorCode.INVALID_MESSAGE, "The s3Key of an output cannot be used: " + bad.getMessage() + ".", bad);
        }
    }
}
