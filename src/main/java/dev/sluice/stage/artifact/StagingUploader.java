package dev.sluice.stage.artifact;

import dev.sluice.common.async.ParallelTasks;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.FailureAction;
import dev.sluice.job.JobException;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.ObjectStore;
import dev.sluice.objectstore.StagingArea;
import dev.sluice.stage.StageContext;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;

/**
 * Uploads files under staging keys of an attempt. Objects of a failed upload are deleted immediately or, at the latest, by the
 * cleanup of the job.
 */
public record StagingUploader(ObjectStore objectStore, StagingArea staging) {
    /** Concurrent uploads; parts of a large object are uploaded concurrently in addition. */
    public static final int CONCURRENCY = 4;

    /** Uploads the files; returns their keys in the same order. */
    public Future<List<ObjectKey>> upload(StageContext context, List<LocalFile> files, ProgressListener progress) {
        List<ObjectKey> keys = IntStream.range(0, files.size())
                .mapToObj(number -> staging.key(context.attempt(), number))
                .toList();
        AtomicLongArray sent = new AtomicLongArray(files.size());
        long total = Math.max(1, files.stream().mapToLong(LocalFile::bytes).sum());
        Set<ObjectKey> started = ConcurrentHashMap.newKeySet();
        return ParallelTasks.forEachIndex(files.size(), CONCURRENCY, number -> {
                    LocalFile file = files.get(number);
                    started.add(keys.get(number));
                    ProgressListener fileProgress = fraction -> {
                        sent.set(number, Math.round(fraction * file.bytes()));
                        progress.report((double) sum(sent) / total);
                    };
                    return objectStore.uploadUnverified(
                            keys.get(number), file.file(), file.mimeType(), fileProgress, context.cancellation());
                })
                .recover(cause -> shouldCleanUp(cause)
                        ? remove(started).transform(removed -> Future.failedFuture(cause))
                        : Future.failedFuture(cause))
                .map(keys);
    }

    /**
     * Whether uploaded objects are deleted immediately: not if the object store is unavailable, not during a shutdown, and not if
     * the job has failed, because its cleanup deletes them.
     */
    private static boolean shouldCleanUp(Throwable cause) {
        ErrorCode code = JobException.of(cause).code();
        return code.action() == FailureAction.RETRY && code != ErrorCode.STORE_UNAVAILABLE;
    }

    /** Deletes staged objects. */
    public Future<Void> remove(Collection<ObjectKey> keys) {
        return staging.remove(keys);
    }

    private static long sum(AtomicLongArray parts) {
        long sum = 0;
        for (int i = 0; i < parts.length(); i++) {
            sum += parts.get(i);
        }
        return sum;
    }
}
