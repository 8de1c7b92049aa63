package dev.sluice.stage.transfer;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.stage.StageContext;
import dev.sluice.stage.artifact.OutputUpload;
import dev.sluice.stage.artifact.StagedObjectPromoter;
import dev.sluice.stage.artifact.StagingUploader;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The results of one attempt on their way: first under keys that are the attempt's own, then, once the database has said whose
 * results count, copied within the store to where the world looks for them. An attempt that comes back late either learns that
 * it is too late before it has touched a final key, or copies the very objects that its successors copy.
 */
final class OutputPublication {
    /** Of the stage's work; the copies are the rest. */
    private static final double UPLOAD_FRACTION = 0.9;

    private static final String STAGED = "staged";

    private final StagingUploader files;
    private final StagedObjectPromoter promoter;
    private final StageContext publish;
    private final List<OutputUpload> uploads;

    OutputPublication(
            StagingUploader files, StagedObjectPromoter promoter, StageContext context, List<OutputUpload> uploads) {
        this.files = files;
        this.promoter = promoter;
        this.publish = context;
        this.uploads = List.copyOf(uploads);
    }

    Future<Void> publish() {
        return staged().map(this::promote)
                .orElseGet(() -> put().compose(this::promote))
                .recover(cause -> StagedObjectPromoter.isStagedObjectMissing(cause)
                        ? put().compose(this::promote)
                        : Future.failedFuture(cause));
    }

    /** What an earlier attempt put, if it got that far with these results. */
    private Optional<List<ObjectKey>> staged() {
        return publish.checkpoint()
                .previous()
                .filter(saved -> saved.containsKey(STAGED))
                .map(saved -> saved.getJsonArray(STAGED).stream()
                        .map(key -> new ObjectKey(key.toString()))
                        .toList())
                .filter(keys -> keys.size() == uploads.size());
    }

    /** Puts all files under this attempt's keys and has the database keep them as what is to be copied. */
    private Future<List<ObjectKey>> put() {
        return files.upload(
                        publish,
                        uploads.stream().map(OutputUpload::toLocalFile).toList(),
                        done -> publish.progress().report(UPLOAD_FRACTION * done))
                .compose(keys -> {
                    JsonObject checkpoint = new JsonObject()
                            .put(
                                    STAGED,
                                    new JsonArray(
                                            keys.stream().map(ObjectKey::value).toList()));
                    return publish.checkpoint()
                            .save(checkpoint)
                            .recover(cause -> deleteUnused(keys, cause))
                            .map(keys);
                });
    }

    /** Whether the checkpoint was kept is not known when the database did not answer: then the end of the job removes them. */
    private Future<Void> deleteUnused(List<ObjectKey> keys, Throwable cause) {
        return JobException.of(cause).code() == ErrorCode.DATABASE_UNAVAILABLE
                ? Future.failedFuture(cause)
                : files.remove(keys).transform(gone -> Future.failedFuture(cause));
    }

    private Future<Void> promote(List<ObjectKey> staged) {
        return promoter.promoteAll(
                publish,
                IntStream.range(0, uploads.size())
                        .mapToObj(number -> new StagedObjectPromoter.Item(
                                staged.get(number),
                                uploads.get(number).bytes(),
                                uploads.get(number).key()))
                        .toList());
    }
}
