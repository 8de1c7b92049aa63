package dev.sluice.stage.artifact;

import dev.sluice.common.async.ProgressListener;
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

/** Where a stage gets a job's source from: the workspace if an earlier stage left it there, the store if not. */
public final class SourceProvider {
    private final ObjectStore objectStore;
    private final Workspace workspace;
    private final SourceCache cache;
    private final long maxBytes;

    /**
     * Makes the source available to stages.
     *
     * @param maxBytes size of the largest object that is fetched
     */
    public SourceProvider(ObjectStore objectStore, Workspace workspace, SourceCache cache, long maxBytes) {
        this.objectStore = objectStore;
        this.workspace = workspace;
        this.cache = cache;
        this.maxBytes = maxBytes;
    }

    /**
     * Works with the source: the file that the job names, or one that is fetched to this host, once for all runs that work with it
     * at the time.
     */
    public <T> Future<T> withSource(StageContext context, Function<Path, Future<T>> work) {
        return localSource(context.job())
                .compose(file -> file.map(work)
                        .orElseGet(() -> sizeOf(context.job()).compose(bytes -> fetched(context, bytes, work))));
    }

    private <T> Future<T> fetched(StageContext context, long bytes, Function<Path, Future<T>> work) {
        ObjectKey key = key(context.job());
        return cache.withSource(
                context.job().id(),
                bytes,
                context.cancellation(),
                (target, cancellation) -> objectStore
                        .download(key, target, maxBytes, ProgressListener.noop(), cancellation)
                        .mapEmpty(),
                work);
    }

    /** The file that the job names; empty when it has to be fetched, and fails with the reason when it cannot be. */
    private Future<Optional<Path>> localSource(StagedJob job) {
        if (job.localVideoPath().isEmpty()) {
            return Future.succeededFuture(Optional.empty());
        }
        return workspace
                .resolve(job.id(), job.localVideoPath().get())
                .map(Optional::of)
                .recover(notHere -> job.s3Key().isPresent()
                        ? Future.succeededFuture(Optional.empty())
                        : Future.failedFuture(notHere));
    }

    /**
     * Size of the object in bytes, as the store knows it: what the message says is never trusted. Fails with TOO_LARGE, or as
     * the store does.
     */
    public Future<Long> sizeOf(StagedJob job) {
        return objectStore.head(key(job)).map(ObjectMetadata::size).map(this::allowed);
    }

    private long allowed(long bytes) {
        if (bytes > maxBytes) {
            throw new JobException(
                    ErrorCode.TOO_LARGE, "The object has " + bytes + " bytes; the limit is " + maxBytes + " bytes.");
        }
        return bytes;
    }

    /** Fetches the object into {@code directory}. */
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
                        "The source is no longer on this host, and the message has no s3Key to fetch it again."));
        try {
            return new ObjectKey(key);
        } catch (IllegalArgumentException bad) {
            throw new JobException(
                    ErrorCode.INVALID_MESSAGE, "The s3Key cannot be used: " + bad.getMessage() + ".", bad);
        }
    }
}
