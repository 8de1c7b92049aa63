package dev.sluice.stage.artifact;

import dev.sluice.common.async.ProgressListener;
import dev.sluice.job.Cost;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.message.StagedJob;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.ObjectMetadata;
import dev.sluice.objectstore.ObjectStore;
import dev.sluice.stage.StageContext;
import dev.sluice.workspace.AttemptDirectory;
import dev.sluice.workspace.SourceCache;
import dev.sluice.workspace.Workspace;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/** Provides a job's source as a file: from the workspace if an earlier stage stored it there, else from the object store. */
public final class SourceProvider {
    private final ObjectStore objectStore;
    private final Workspace workspace;
    private final SourceCache cache;
    private final long maxBytes;

    /** @param maxBytes size of the largest object that is downloaded */
    public SourceProvider(ObjectStore objectStore, Workspace workspace, SourceCache cache, long maxBytes) {
        this.objectStore = objectStore;
        this.workspace = workspace;
        this.cache = cache;
        this.maxBytes = maxBytes;
    }

    /**
     * Runs {@code work} with the source: the local file of the job, or a download that concurrent runs of this host share.
     */
    public <T> Future<T> withSource(StageContext context, Function<Path, Future<T>> work) {
        return localSource(context.job())
                .compose(file -> file.map(work)
                        .orElseGet(() -> sizeOf(context.job()).compose(bytes -> downloadShared(context, bytes, work))));
    }

    private <T> Future<T> downloadShared(StageContext context, long bytes, Function<Path, Future<T>> work) {
        ObjectKey key = key(context.job());
        return cache.withSource(
                context.job().id(),
                bytes,
                context.cancellation(),
                (target, cancellation) -> objectStore
                        .download(key, target, maxBytes, ProgressListener.noop(), cancellation)
                        // The run that started the download pays for all runs that share it.
                        .onSuccess(source -> context.cancellation().cost().add(Cost.ofTransfer(source.size(), 0)))
                        .mapEmpty(),
                work);
    }

    /** The local file of the job; empty if it must be downloaded. Fails if it is missing and cannot be downloaded. */
    private Future<Optional<Path>> localSource(StagedJob job) {
        if (job.localVideoPath().isEmpty()) {
            return Future.succeededFuture(Optional.empty());
        }
        return workspace
                .resolve(job.id(), job.localVideoPath().get())
                .map(Optional::of)
                .recover(missing -> job.s3Key().isPresent()
                        ? Future.succeededFuture(Optional.empty())
                        : Future.failedFuture(missing));
    }

    /**
     * Size of the object in bytes, from the object store: the size in the message is not trusted. Fails with TOO_LARGE, or with the
     * failure of the object store.
     */
    public Future<Long> sizeOf(StagedJob job) {
        return objectStore.head(key(job)).map(ObjectMetadata::size).map(this::requireAllowed);
    }

    private long requireAllowed(long bytes) {
        if (bytes > maxBytes) {
            throw new JobException(
                    ErrorCode.TOO_LARGE,
                    "The object size of " + bytes + " bytes exceeds the limit of " + maxBytes + " bytes.");
        }
        return bytes;
    }

    /** Downloads the object into {@code directory}. */
    public Future<Path> download(StageContext context, AttemptDirectory directory, ProgressListener progress) {
        Path target = directory.file("source");
        return objectStore
                .download(key(context.job()), target, maxBytes, progress, context.cancellation())
                .map(target);
    }

    private static ObjectKey key(StagedJob job) {
        String key = job.s3Key()
                .orElseThrow(() -> new JobException(
                        ErrorCode.FILES_MISSING,
                        "The source is missing on this host, and the message has no s3Key to download it."));
        try {
            return new ObjectKey(key);
        } catch (IllegalArgumentException invalid) {
            throw new JobException(ErrorCode.INVALID_MESSAGE, "Invalid s3Key: " + invalid.getMessage() + ".", invalid);
        }
    }
}
