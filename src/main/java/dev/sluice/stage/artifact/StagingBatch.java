package dev.sluice.stage.artifact;

import dev.sluice.common.async.ParallelTasks;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.FailureAction;
import dev.sluice.job.JobException;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.stage.StageContext;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Uploads files under staging keys of one attempt, the first ones while others are still being written. The batch ends with
 * {@link #complete} or, if anything fails, with {@link #abort}. Threads: any.
 */
public final class StagingBatch {
    private final StagingUploader uploader;
    private final StageContext context;
    private final Map<Path, Upload> uploads = new ConcurrentHashMap<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private final AtomicLong sent = new AtomicLong();
    private volatile LongConsumer onSent = bytes -> {};

    StagingBatch(StagingUploader uploader, StageContext context) {
        this.uploader = uploader;
        this.context = context;
    }

    private record Upload(ObjectKey key, Future<Void> done) {}

    /** Starts to upload a file that does not change any more. A failure cancels the context. */
    public void add(LocalFile file) {
        var unused = uploadOf(file);
    }

    private Upload uploadOf(LocalFile file) {
        return uploads.computeIfAbsent(file.file(), path -> start(file));
    }

    private Upload start(LocalFile file) {
        ObjectKey key = uploader.staging().key(context.attempt(), numbers.getAndIncrement());
        AtomicLong fileSent = new AtomicLong();
        Future<Void> done = uploader.objectStore()
                .uploadUnverified(
                        key,
                        file.file(),
                        file.mimeType(),
                        fraction -> {
                            long now = Math.round(fraction * file.bytes());
                            onSent.accept(sent.addAndGet(now - fileSent.getAndSet(now)));
                        },
                        context.cancellation())
                .onFailure(cause -> context.cancellation().cancel(JobException.of(cause)));
        return new Upload(key, done);
    }

    /**
     * Uploads the files that were not added; returns the keys of all in the same order.
     *
     * @param progress of all files; those uploaded earlier count at once
     */
    public Future<List<ObjectKey>> complete(List<LocalFile> files, ProgressListener progress) {
        long total = Math.max(1, files.stream().mapToLong(LocalFile::bytes).sum());
        onSent = bytes -> progress.report((double) bytes / total);
        return ParallelTasks.forEachIndex(
                        files.size(),
                        StagingUploader.CONCURRENCY,
                        number -> uploadOf(files.get(number)).done())
                .map(all -> files.stream().map(file -> uploadOf(file).key()).toList());
    }

    /** Cancels uploads in progress, deletes what was uploaded, and fails with {@code cause} when no file is used any more. */
    public <T> Future<T> abort(Throwable cause) {
        context.cancellation().cancel(JobException.of(cause));
        List<Upload> started = List.copyOf(uploads.values());
        return Future.join(started.stream().map(Upload::done).toList())
                .transform(ended -> shouldCleanUp(cause)
                        ? uploader.remove(started.stream().map(Upload::key).toList())
                        : Future.succeededFuture())
                .transform(removed -> Future.failedFuture(cause));
    }

    /**
     * Whether uploaded objects are deleted immediately: not if the object store is unavailable, not during a shutdown, and not if
     * the job has failed, because its cleanup deletes them.
     */
    private static boolean shouldCleanUp(Throwable cause) {
        ErrorCode code = JobException.of(cause).code();
        return code.action() == FailureAction.RETRY && code != ErrorCode.STORE_UNAVAILABLE;
    }
}
