package dev.sluice.stage.artifact;

import dev.sluice.common.async.ProgressListener;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.ObjectStore;
import dev.sluice.objectstore.StagingArea;
import dev.sluice.stage.StageContext;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;

/**
 * Uploads files under staging keys of an attempt. Objects of a failed upload are deleted immediately or, at the latest, by the
 * cleanup of the job.
 */
public record StagingUploader(ObjectStore objectStore, StagingArea staging) {
    /** Concurrent uploads; parts of a large object are uploaded concurrently in addition. */
    public static final int CONCURRENCY = 4;

    /** Starts an upload; a failed upload cancels the context. */
    public StagingBatch begin(StageContext context) {
        return new StagingBatch(this, context);
    }

    /** Uploads the files; returns their keys in the same order. The first failure cancels the other uploads. */
    public Future<List<ObjectKey>> upload(StageContext context, List<LocalFile> files, ProgressListener progress) {
        StagingBatch batch = begin(context.cancellable());
        return batch.complete(files, progress).recover(batch::abort);
    }

    /** Deletes staged objects. */
    public Future<Void> remove(Collection<ObjectKey> keys) {
        return staging.remove(keys);
    }
}
