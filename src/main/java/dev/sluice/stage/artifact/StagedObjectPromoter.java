package dev.sluice.stage.artifact;

import dev.sluice.common.async.ParallelTasks;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.ObjectStore;
import dev.sluice.stage.StageContext;
import io.vertx.core.Future;
import java.util.List;

/**
 * Copies staged objects to their final keys. A late attempt copies the same objects and changes nothing. Partial outputs are
 * deleted by the cleanup of the job.
 */
public record StagedObjectPromoter(ObjectStore objectStore) {
    /** A staged object and its final key. */
    public record Item(ObjectKey staged, long bytes, ObjectKey key) {}

    /** Promotes all items. */
    public Future<Void> promoteAll(StageContext context, List<Item> items) {
        return ParallelTasks.forEachIndex(items.size(), StagingUploader.CONCURRENCY, number -> {
            Item item = items.get(number);
            return objectStore
                    .copy(item.staged(), item.bytes(), item.key(), context.cancellation())
                    .mapEmpty();
        });
    }

    /** Whether a promotion failed because a staged object is missing. */
    public static boolean isStagedObjectMissing(Throwable cause) {
        return cause instanceof JobException failure && failure.code() == ErrorCode.OBJECT_NOT_FOUND;
    }

    /** Fails with FILES_MISSING if a staged object is missing, else with {@code cause}. */
    public static <T> Future<T> translate(Throwable cause, String name) {
        return Future.failedFuture(
                isStagedObjectMissing(cause)
                        ? new JobException(
                                ErrorCode.FILES_MISSING,
                                name + " is missing under the staging prefix of the bucket.",
                                cause)
                        : cause);
    }
}
