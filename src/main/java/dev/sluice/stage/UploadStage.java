package dev.sluice.stage;

import dev.sluice.blob.BlobKey;
import dev.sluice.blob.Blobs;
import dev.sluice.blob.KeyTemplates;
import dev.sluice.blob.Lanes;
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
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongConsumer;

/** Puts what processing made into the store and makes sure that it is there. */
public final class UploadStage implements Stage {
    /** Objects on their way at once; a large one goes in parallel parts besides. */
    private static final int AT_ONCE = 4;

    private final Blobs blobs;
    private final Workspace workspace;
    private final KeyTemplates keys;

    public UploadStage(Blobs blobs, Workspace workspace, KeyTemplates keys) {
        this.blobs = blobs;
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
        BlobKey key = key(job, output);
        return workspace.resolve(job.id(), path).map(file -> new Upload(output, key, file, output.fileSize()));
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

    /** A few at a time: most outputs are thumbnails, and a small object costs a store's answers rather than its bandwidth. */
    private Future<List<OutputFile>> putAll(StageRun run, List<Upload> uploads) {
        AtomicLongArray sent = new AtomicLongArray(uploads.size());
        long total = Math.max(1, uploads.stream().mapToLong(Upload::bytes).sum());
        return Lanes.run(
                        uploads.size(),
                        AT_ONCE,
                        number -> put(run, uploads.get(number), done -> {
                            sent.set(number, done);
                            run.progress().at((double) sum(sent) / total);
                        }))
                .map(uploads.stream().map(Upload::stored).toList());
    }

    private Future<Void> put(StageRun run, Upload upload, LongConsumer sentBytes) {
        return blobs.put(
                        upload.key(),
                        upload.file(),
                        upload.output().mimeType(),
                        done -> sentBytes.accept(Math.round(done * upload.bytes())),
                        run.cancellation())
                .mapEmpty();
    }

    private static long sum(AtomicLongArray parts) {
        long sum = 0;
        for (int i = 0; i < parts.length(); i++) {
            sum += parts.get(i);
        }
        return sum;
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
