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
 * Puts files into the store under keys that are one attempt's own. What failed on the way goes at the end of its job at the
 * latest.
 */
public record StagingUploader(ObjectStore objectStore, StagingArea staging) {
    /** Objects on their way at once; a large one goes in parallel parts besides. */
    public static final int CONCURRENCY = 4;

    /** Puts these; gives their keys in the same order. */
    public Future<List<ObjectKey>> upload(StageContext context, List<LocalFile> files, ProgressListener progress) {
        List<ObjectKey> keys = IntStream.range(0, files.size())
                .mapToObj(number -> staging.key(context.attempt(), number))
                .toList();
        AtomicLongArray sent = new AtomicLongArray(files.size());
        long total = Math.max(1, files.stream().mapToLong(LocalFile::bytes).sum());
        Set<ObjectKey> begun = ConcurrentHashMap.newKeySet();
        return ParallelTasks.forEachIndex(files.size(), CONCURRENCY, number -> {
                    LocalFile file = files.get(number);
                    begun.add(keys.get(number));
                    ProgressListener ofOne = done -> {
                        sent.set(number, Math.round(done * file.bytes()));
                        progress.report((double) sum(sent) / total);
                    };
                    return objectStore.uploadUnverified(
                            keys.get(number), file.file(), file.mimeType(), ofOne, context.cancellation());
                })
                .recover(cause -> shouldCleanUp(cause)
                        ? remove(begun).transform(gone -> Future.failedFuture(cause))
                        : Future.failedFuture(cause))
                .map(keys);
    }

    /**
     * Whether it is worth while to remove what was put: not from a store that does not answer, not when a shutdown has no time
     * for it, and not when the job has ended, with which all goes.
     */
    private static boolean shouldCleanUp(Throwable cause) {
        ErrorCode code = JobException.of(cause).code();
        return code.action() == FailureAction.RETRY && code != ErrorCode.STORE_UNAVAILABLE;
    }

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
