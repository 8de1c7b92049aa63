package dev.sluice.stage.transfer;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.stage.StageContext;
import dev.sluice.stage.artifact.LocalFile;
import dev.sluice.stage.artifact.StagedObjectPromoter;
import dev.sluice.stage.artifact.StagingUploader;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Publishes the outputs of one attempt. They are uploaded under staging keys of the attempt. Once the checkpoint records which
 * staged objects count, they are copied to their final keys. A late attempt either fails at its checkpoint, before it writes a
 * final key, or copies the same objects as its successors.
 */
final class OutputPublication {
    /** Fraction of the progress for uploading; copying is the rest. */
    private static final double UPLOAD_FRACTION = 0.9;

    private static final String STAGED = "staged";

    private final StagingUploader uploader;
    private final StagedObjectPromoter promoter;
    private final StageContext context;
    private final List<Output> outputs;

    /** A local output and its final key. */
    record Output(LocalFile file, ObjectKey key) {}

    OutputPublication(
            StagingUploader uploader, StagedObjectPromoter promoter, StageContext context, List<Output> outputs) {
        this.uploader = uploader;
        this.promoter = promoter;
        this.context = context;
        this.outputs = List.copyOf(outputs);
    }

    /** Publishes all outputs; uploads them again if objects staged by an earlier attempt are missing. */
    Future<Void> publish() {
        return previouslyStaged()
                .map(this::promote)
                .orElseGet(this::stageAndPromote)
                .recover(cause -> StagedObjectPromoter.isStagedObjectMissing(cause)
                        ? stageAndPromote()
                        : Future.failedFuture(cause));
    }

    private Future<Void> stageAndPromote() {
        return stage().compose(this::promote);
    }

    /** The objects that an earlier attempt staged, if it saved them for the same number of outputs. */
    private Optional<List<ObjectKey>> previouslyStaged() {
        return context.checkpoint()
                .previous()
                .filter(saved -> saved.containsKey(STAGED))
                .map(saved -> saved.getJsonArray(STAGED).stream()
                        .map(key -> new ObjectKey(key.toString()))
                        .toList())
                .filter(keys -> keys.size() == outputs.size());
    }

    /** Uploads all files under staging keys of this attempt, and saves the keys as those to promote. */
    private Future<List<ObjectKey>> stage() {
        return uploader.upload(
                        context,
                        outputs.stream().map(Output::file).toList(),
                        fraction -> context.progress().report(UPLOAD_FRACTION * fraction))
                .compose(keys -> {
                    JsonArray staged =
                            new JsonArray(keys.stream().map(ObjectKey::value).toList());
                    return context.checkpoint()
                            .save(new JsonObject().put(STAGED, staged))
                            .recover(cause -> deleteUnused(keys, cause))
                            .map(keys);
                });
    }

    /** If the database did not respond, the checkpoint may have been saved: the objects are left to the cleanup of the job. */
    private Future<Void> deleteUnused(List<ObjectKey> keys, Throwable cause) {
        return JobException.of(cause).code() == ErrorCode.DATABASE_UNAVAILABLE
                ? Future.failedFuture(cause)
                : uploader.remove(keys).transform(removed -> Future.failedFuture(cause));
    }

    private Future<Void> promote(List<ObjectKey> staged) {
        return promoter.promoteAll(
                context,
                IntStream.range(0, outputs.size())
                        .mapToObj(i -> new StagedObjectPromoter.Item(
                                staged.get(i),
                                outputs.get(i).file().bytes(),
                                outputs.get(i).key()))
                        .toList());
    }
}
