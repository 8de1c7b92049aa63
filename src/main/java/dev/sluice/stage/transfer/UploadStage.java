package dev.sluice.stage.transfer;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.StageName;
import dev.sluice.message.OutputFile;
import dev.sluice.message.StagedJob;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.OutputKeys;
import dev.sluice.stage.Stage;
import dev.sluice.stage.StageContext;
import dev.sluice.stage.StageResult;
import dev.sluice.stage.artifact.LocalFile;
import dev.sluice.stage.artifact.StagedObjectPromoter;
import dev.sluice.stage.artifact.StagingUploader;
import dev.sluice.workspace.Workspace;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Publishes the outputs of the processing stage in the object store. */
public final class UploadStage implements Stage {
    private final StagingUploader uploader;
    private final StagedObjectPromoter promoter;
    private final Workspace workspace;
    private final OutputKeys keys;

    public UploadStage(StagingUploader uploader, StagedObjectPromoter promoter, Workspace workspace, OutputKeys keys) {
        this.uploader = uploader;
        this.promoter = promoter;
        this.workspace = workspace;
        this.keys = keys;
    }

    @Override
    public StageName name() {
        return StageName.UPLOAD;
    }

    @Override
    public Future<StageResult> run(StageContext context) {
        List<OutputFile> outputs = context.job().outputs();
        if (outputs.isEmpty()) {
            throw new JobException(ErrorCode.INVALID_MESSAGE, "The message has no outputs to upload.");
        }
        Future<Void> stored =
                outputs.get(0).stagedKey().isPresent() ? promote(context, outputs) : upload(context, outputs);
        return stored.map(done ->
                        outputs.stream().map(OutputFile::withoutLocation).toList())
                .map(all -> new StageResult(context.job().withOutputs(all), summary(all)));
    }

    private static JsonObject summary(List<OutputFile> stored) {
        long bytes = stored.stream().mapToLong(OutputFile::fileSize).sum();
        return new JsonObject().put("objects", stored.size()).put("bytes", bytes);
    }

    /** Promotes outputs that the processing stage staged in the object store. */
    private Future<Void> promote(StageContext context, List<OutputFile> outputs) {
        List<StagedObjectPromoter.Item> items = outputs.stream()
                .map(output -> new StagedObjectPromoter.Item(
                        stagedKey(context.job(), output), output.fileSize(), key(context.job(), output)))
                .toList();
        return recordPromotionStarted(context)
                .compose(recorded -> promoter.promoteAll(context, items))
                .recover(cause -> StagedObjectPromoter.translate(cause, "An output of the processing stage"));
    }

    /** Records that final keys may now have partial outputs, for the cleanup of the job. */
    private static Future<Void> recordPromotionStarted(StageContext context) {
        return context.checkpoint().previous().isPresent()
                ? Future.succeededFuture()
                : context.checkpoint().save(new JsonObject().put("promoting", true));
    }

    private ObjectKey stagedKey(StagedJob job, OutputFile output) {
        ObjectKey key = named("stagedKey", output.stagedKey().orElse(""));
        if (!uploader.staging().belongsTo(job.id(), key)) {
            throw new JobException(
                    ErrorCode.INVALID_MESSAGE,
                    "Invalid stagedKey of an output: not a staging key of this job.");
        }
        return key;
    }

    /** Uploads outputs that the processing stage stored in the workspace. */
    private Future<Void> upload(StageContext context, List<OutputFile> outputs) {
        return Future.all(outputs.stream()
                        .map(output -> find(context.job(), output))
                        .toList())
                .compose(all -> new OutputPublication(uploader, promoter, context, all.list()).publish());
    }

    private Future<OutputPublication.Output> find(StagedJob job, OutputFile output) {
        String path = output.localPath()
                .orElseThrow(() -> new JobException(
                        ErrorCode.INVALID_MESSAGE, "The message has no localPath for an output."));
        ObjectKey key = key(job, output);
        return workspace
                .resolve(job.id(), path)
                .map(file ->
                        new OutputPublication.Output(new LocalFile(file, output.fileSize(), output.mimeType()), key));
    }

    private ObjectKey key(StagedJob job, OutputFile output) {
        ObjectKey key = named("s3Key", output.s3Key());
        if (!keys.isOutputKeyOf(job.mediaId(), key)) {
            throw new JobException(
                    ErrorCode.INVALID_MESSAGE,
                    "Invalid s3Key of an output: not an output key of this media item.");
        }
        return key;
    }

    private static ObjectKey named(String field, String value) {
        try {
            return new ObjectKey(value);
        } catch (IllegalArgumentException invalid) {
            throw new JobException(
                    ErrorCode.INVALID_MESSAGE,
                    "Invalid " + field + " of an output: " + invalid.getMessage() + ".",
                    invalid);
        }
    }
}
