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
    private static final double PUT_SHARE = 0.9;

    private static final String STAGED = "staged";

    private final StagingUploader files;
    private final StagedObjectPromoter promotion;
    private final StageContext run;
    private final List<OutputUpload> uploads;

    OutputPublication(
            StagingUploader files, StagedObjectPromoter promotion, StageContext run, List<OutputUpload> uploads) {
        this.files = files;
        this.promotion = promotion;
        this.run = run;
        this.uploads = List.copyOf(uploads);
    }

    Future<Void> run() {
        return staged().map(this::promote)
                .orElseGet(() -> put().compose(this::promote))
                .recover(cause ->
                        StagedObjectPromoter.isGone(cause) ? put().compose(this::promote) : Future.failedFuture(cause));
    }

    /** What an earlier attempt put, if it got that far with these results. */
    private Optional<List<ObjectKey>> staged() {
        return run.checkpoint()
                .before()
                .filter(saved -> saved.containsKey(STAGED))
                .map(saved -> saved.getJsonArray(STAGED).stream()
                        .map(key -> new ObjectKey(key.toString()))
                        .toList())
                .filter(keys -> keys.size() == uploads.size());
    }

    /** Puts all files under this attempt's keys and has the database keep them as what is to be copied. */
    private Future<List<ObjectKey>> put() {
        return files.put(
                        run,
                        uploads.stream().map(OutputUpload::local).toList(),
                        done -> run.progress().at(PUT_SHARE * done))
                .compose(keys -> {
                    JsonObject checkpoint = new JsonObject()
                            .put(
                                    STAGED,
                                    new JsonArray(
                                            keys.stream().map(ObjectKey::value).toList()));
                    return run.checkpoint()
                            .save(checkpoint)
                            .recover(cause -> unused(keys, cause))
                            .map(keys);
                });
    }

    /** Whether the checkpoint was kept is not known when the database did not answer: then the end of the job removes them. */
    private Future<Void> unused(List<ObjectKey> keys, Throwable cause) {
        return JobException.of(cause).code() == ErrorCode.DATABASE_UNAVAILABLE
                ? Future.failedFuture(cause)
                : files.remove(keys).transform(gone -> Future.failedFuture(cause));
    }

    private Future<Void> promote(List<ObjectKey> staged) {
        return promotion.run(
                run,
                IntStream.range(0, uploads.size())
                        .mapToObj(number -> new StagedObjectPromoter.Item(
                                staged.get(number),
                                uploads.get(number).bytes(),
                                uploads.get(number).key()))
                        .toList());
    }
}
