package dev.sluice.stage;

import dev.sluice.blob.BlobKey;
import dev.sluice.blob.Blobs;
import dev.sluice.blob.Lanes;
import dev.sluice.blob.Staging;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobFailure;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;

/**
 * The results of one attempt on their way: first under keys that are the attempt's own, then, once the database has said whose
 * results count, copied within the store to where the world looks for them. An attempt that comes back late either learns that
 * it is too late before it has touched a final key, or copies the very objects that its successors copy.
 */
final class StagedUpload {
    /** Objects on their way at once; a large one goes in parallel parts besides. */
    private static final int AT_ONCE = 4;
    /** Of the stage's work; the copies are the rest. */
    private static final double PUT_SHARE = 0.9;

    private static final String STAGED = "staged";

    private final Blobs blobs;
    private final Staging staging;
    private final StageRun run;
    private final List<Upload> uploads;

    StagedUpload(Blobs blobs, Staging staging, StageRun run, List<Upload> uploads) {
        this.blobs = blobs;
        this.staging = staging;
        this.run = run;
        this.uploads = List.copyOf(uploads);
    }

    Future<Void> run() {
        return staged().map(this::promote)
                .orElseGet(() -> put().compose(this::promote))
                .recover(cause -> isGone(cause) ? put().compose(this::promote) : Future.failedFuture(cause));
    }

    /** What an earlier attempt put, if it got that far with these results. */
    private Optional<List<BlobKey>> staged() {
        return run.checkpoint()
                .before()
                .map(saved -> saved.getJsonArray(STAGED).stream()
                        .map(key -> new BlobKey(key.toString()))
                        .toList())
                .filter(keys -> keys.size() == uploads.size());
    }

    /** Puts all files under this attempt's keys and has the database keep them as what is to be copied. */
    private Future<List<BlobKey>> put() {
        List<BlobKey> keys = IntStream.range(0, uploads.size())
                .mapToObj(number -> staging.key(run.attempt(), number))
                .toList();
        JsonObject checkpoint = new JsonObject()
                .put(STAGED, new JsonArray(keys.stream().map(BlobKey::value).toList()));
        AtomicLongArray sent = new AtomicLongArray(uploads.size());
        long total = Math.max(1, uploads.stream().mapToLong(Upload::bytes).sum());
        return Lanes.run(
                        uploads.size(),
                        AT_ONCE,
                        number -> put(keys.get(number), uploads.get(number), done -> {
                            sent.set(number, done);
                            run.progress().at(PUT_SHARE * sum(sent) / total);
                        }))
                .compose(put -> run.checkpoint().save(checkpoint))
                .recover(cause -> unused(keys, cause))
                .map(keys);
    }

    private Future<Void> put(BlobKey key, Upload upload, java.util.function.LongConsumer sentBytes) {
        return blobs.stage(
                key,
                upload.file(),
                upload.output().mimeType(),
                done -> sentBytes.accept(Math.round(done * upload.bytes())),
                run.cancellation());
    }

    /** Whether the checkpoint was kept is not known when the database did not answer: then the end of the job removes them. */
    private Future<Void> unused(List<BlobKey> keys, Throwable cause) {
        return JobFailure.of(cause).code() == ErrorCode.DATABASE_UNAVAILABLE
                ? Future.failedFuture(cause)
                : staging.remove(keys).transform(gone -> Future.failedFuture(cause));
    }

    private Future<Void> promote(List<BlobKey> staged) {
        return Lanes.run(uploads.size(), AT_ONCE, number -> promote(staged.get(number), uploads.get(number)))
                .recover(cause -> isCancelled(cause)
                        // Half of a result is none, and nobody goes on with it.
                        ? blobs.delete(uploads.stream().map(Upload::key).toList())
                                .transform(gone -> Future.failedFuture(cause))
                        : Future.failedFuture(cause));
    }

    private Future<Void> promote(BlobKey staged, Upload upload) {
        return blobs.copy(staged, upload.bytes(), upload.key(), run.cancellation())
                .mapEmpty();
    }

    private static boolean isCancelled(Throwable cause) {
        return cause instanceof JobFailure failure && failure.code() == ErrorCode.CANCELLED;
    }

    private static boolean isGone(Throwable cause) {
        return cause instanceof JobFailure failure && failure.code() == ErrorCode.OBJECT_NOT_FOUND;
    }

    private static long sum(AtomicLongArray parts) {
        long sum = 0;
        for (int i = 0; i < parts.length(); i++) {
            sum += parts.get(i);
        }
        return sum;
    }
}
