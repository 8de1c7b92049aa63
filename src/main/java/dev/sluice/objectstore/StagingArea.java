package dev.sluice.objectstore;

import dev.sluice.job.Attempt;
import dev.sluice.job.JobId;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Staged objects, written before publication: {@code <prefix><job>/<stage>-<task>-<token>/<n>}. Each attempt has its own keys, so
 * a late attempt overwrites nothing.
 */
public final class StagingArea {
    private final ObjectStore objectStore;
    private final String prefix;

    /** @param prefix of all keys; ends with a slash */
    public StagingArea(ObjectStore objectStore, String prefix) {
        this.objectStore = objectStore;
        this.prefix = prefix;
    }

    /** The key of an attempt's artifact with this number. */
    public ObjectKey key(Attempt attempt, int number) {
        return new ObjectKey(directory(attempt.run().job().pathSegment())
                + attempt.run().stage().key() + "-" + attempt.run().task() + "-" + attempt.fencingToken() + "/"
                + number);
    }

    /** Whether a key belongs to the staged objects of this job. */
    public boolean belongsTo(JobId job, ObjectKey key) {
        return key.value().startsWith(directory(job.pathSegment()));
    }

    /** The directory name of the attempt that staged an object; empty unless the key belongs to this job. */
    public Optional<String> attemptOf(JobId job, ObjectKey key) {
        int start = directory(job.pathSegment()).length();
        int end = key.value().lastIndexOf('/');
        return belongsTo(job, key) && end > start ? Optional.of(key.value().substring(start, end)) : Optional.empty();
    }

    /** Deletes the staged objects of all attempts of a finished job; uploads in progress are not aborted. */
    public Future<Void> deleteAll(JobId job) {
        return deleteIf(job, () -> Future.succeededFuture(true));
    }

    /** Deletes the staged objects of all attempts of a job if {@code condition}, checked after listing them, is true. */
    public Future<Void> deleteIf(JobId job, Supplier<Future<Boolean>> condition) {
        String directory = directory(job.pathSegment());
        return objectStore.list(directory, "").compose(keys -> {
            if (keys.isEmpty()) {
                return Future.succeededFuture();
            }
            return condition
                    .get()
                    .compose(met -> met ? objectStore.delete(keys).map(true) : Future.succeededFuture(false))
                    .compose(deleted -> deleted && keys.size() == ObjectStore.PAGE_SIZE
                            ? deleteIf(job, condition)
                            : Future.succeededFuture());
        });
    }

    /** Deletes staged objects. */
    public Future<Void> remove(Collection<ObjectKey> keys) {
        return objectStore.delete(keys);
    }

    /** Up to 1,000 keys of all jobs, after {@code after}; empty at the end. */
    public Future<List<ObjectKey>> listObjects(String after) {
        return objectStore.list(prefix, after);
    }

    /** Up to 1,000 incomplete multipart uploads. */
    public Future<List<MultipartUploadId>> listMultipartUploads() {
        return objectStore.listMultipartUploads(prefix);
    }

    /** Aborts multipart uploads. */
    public Future<Void> abort(Collection<MultipartUploadId> uploads) {
        return objectStore.abortMultipartUploads(uploads);
    }

    /** The directory name of the job to which a key belongs. */
    public String jobDirectoryOf(ObjectKey key) {
        String below = key.value().substring(prefix.length());
        int slash = below.indexOf('/');
        return slash < 0 ? below : below.substring(0, slash);
    }

    private String directory(String job) {
        return prefix + job + "/";
    }
}
