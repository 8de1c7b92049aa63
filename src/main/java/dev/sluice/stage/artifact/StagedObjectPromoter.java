package dev.sluice.stage.artifact;

import dev.sluice.common.async.ParallelTasks;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.ObjectStore;
import dev.sluice.pipeline.maintenance.JobCleanup;
import dev.sluice.stage.StageContext;
import io.vertx.core.Future;
import java.util.List;

/**
 * Copies staged objects within the store to where the world looks for them. Who is late copies the same objects once more,
 * which changes nothing. Half of a result goes when its job has ended ({@link JobCleanup}).
 */
public record StagedObjectPromoter(ObjectStore objectStore) {
    /** A staged object that is to become a result. */
    public record Item(ObjectKey staged, long bytes, ObjectKey key) {}

    /** Promotes them all. */
    public Future<Void> promoteAll(StageContext context, List<Item> items) {
        return ParallelTasks.forEachIndex(items.size(), StagingUploader.CONCURRENCY, number -> {
            Item item = items.get(number);
            return objectStore
                    .copy(item.staged(), item.bytes(), item.key(), context.cancellation())
                    .mapEmpty();
        });
    }

    /** Whether a promotion failed because what was staged is not there. */
    public static boolean isStagedObjectMissing(Throwable cause) {
        return cause instanceof JobException failure && failure.code() == ErrorCode.OBJECT_NOT_FOUND;
    }

    /** The failure; FILES_MISSING where it is that what was staged is not there. */
    public static <T> Future<T> translate(Throwable cause, String whatIsMissing) {
        return Future.failedFuture(
                isStagedObjectMissing(cause)
                        ? new JobException(
                                ErrorCode.FILES_MISSING,
                                whatIsMissing + " is no longer in the bucket's staging prefix.",
                                cause)
                        : cause);
    }
}
