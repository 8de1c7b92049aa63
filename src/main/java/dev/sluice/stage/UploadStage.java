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
import io.vertx.core.WorkerExecutor;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Puts what processing made into the store and makes sure that it is there. */
public final class UploadStage implements Stage {
    private final Blobs blobs;
    private final Workspace workspace;
    private final WorkerExecutor workers;

    public UploadStage(Blobs blobs, Workspace workspace, WorkerExecutor workers) {
        this.blobs = blobs;
        this.workspace = workspace;
        this.workers = workers;
    }

    @Override
    public StageName name() {
        return StageName.UPLOAD;
    }

    @Override
    public Future<StageResult> run(StageRun run) {
        return workers.executeBlocking(() -> findAll(run.job()), false)
                .compose(outputs -> putAll(run, outputs))
                .map(stored -> new StageResult(
                        run.job().withOutputs(stored),
                        new JsonObject()
                                .put("objects", stored.size())
                                .put(
                                        "bytes",
                                        stored.stream()
                                                .mapToLong(OutputFile::fileSize)
                                                .sum())));
    }

    private List<Upload> findAll(StagedJob job) {
        if (job.outputs().isEmpty()) {
            throw new JobFailure(ErrorCode.INVALID_MESSAGE, "The message names no outputs to upload.");
        }
        return job.outputs().stream().map(this::find).toList();
    }

    private Upload find(OutputFile output) {
        Path file = workspace.resolve(output.localPath().orElseThrow(() -> missing(output)));
        try {
            if (!Files.isRegularFile(file) || Files.size(file) != output.fileSize()) {
                throw missing(output);
            }
            return new Upload(output, new BlobKey(output.s3Key()), file, output.fileSize());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static JobFailure missing(OutputFile output) {
        return new JobFailure(
                ErrorCode.FILES_MISSING,
                "The file for " + output.s3Key() + " is not in the workspace, or not as it was made. With a workspace of"
                        + " its own each host has to run all stages; retry the job to make it again.");
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
