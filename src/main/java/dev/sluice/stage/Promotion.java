package dev.sluice.stage;

import dev.sluice.blob.BlobKey;
import dev.sluice.blob.Blobs;
import dev.sluice.blob.Lanes;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobFailure;
import dev.sluice.job.JobId;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Function;

/** Copies staged objects within the store to where the world looks for them. */
public final class Promotion {
    private final Blobs blobs;
    private final Function<JobId, Future<Boolean>> isCancelled;

    /**
     * Promotes within this store.
     *
     * @param isCancelled asks whether a job is cancelled now
     */
    public Promotion(Blobs blobs, Function<JobId, Future<Boolean>> isCancelled) {
        this.blobs = blobs;
        this.isCancelled = isCancelled;
    }

    /** A staged object that is to become a result. */
    record Item(BlobKey staged, long bytes, BlobKey key) {}

    /** Promotes them all. Who is late copies the same objects once more, which changes nothing. */
    Future<Void> run(StageRun run, List<Item> items) {
        return Lanes.run(items.size(), StagedFiles.AT_ONCE, number -> promote(run, items.get(number)))
                .recover(cause -> isCancelled(cause)
                        ? half(run.job().id(), items).transform(tidied -> Future.failedFuture(cause))
                        : Future.failedFuture(cause));
    }

    private Future<Void> promote(StageRun run, Item item) {
        return blobs.copy(item.staged(), item.bytes(), item.key(), run.cancellation())
                .mapEmpty();
    }

    /**
     * Half of a result is none, and nobody goes on with it: unless the job was started again before this worker heard of its
     * cancellation, and the results are that other life's.
     */
    private Future<Void> half(JobId job, List<Item> items) {
        return isCancelled
                .apply(job)
                .compose(still ->
                        still ? blobs.delete(items.stream().map(Item::key).toList()) : Future.succeededFuture());
    }

    private static boolean isCancelled(Throwable cause) {
        return cause instanceof JobFailure failure && failure.code() == ErrorCode.CANCELLED;
    }

    /** Whether a promotion failed because what was staged is not there. */
    static boolean isGone(Throwable cause) {
        return cause instanceof JobFailure failure && failure.code() == ErrorCode.OBJECT_NOT_FOUND;
    }
}
