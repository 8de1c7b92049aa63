package dev.sluice.objectstore;

import dev.sluice.job.Attempt;
import dev.sluice.job.JobId;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/**
 * The place in the bucket where results lie before they are results: {@code <prefix><job>/<stage>-<task>-<token>/<n>}. Each
 * attempt has keys of its own, so whoever comes back late writes nothing that anybody looks at.
 */
public final class StagingArea {
    private final ObjectStore objectStore;
    private final String prefix;

    /**
     * The place under this prefix.
     *
     * @param prefix of all keys, ends with a slash
     */
    public StagingArea(ObjectStore objectStore, String prefix) {
        this.objectStore = objectStore;
        this.prefix = prefix;
    }

    /** Where an attempt puts the result with this number. */
    public ObjectKey key(Attempt attempt, int number) {
        return new ObjectKey(
                home(attempt.run().job().pathSegment()) + attempt.run().stage().key() + "-"
                        + attempt.run().task() + "-" + attempt.fencingToken() + "/" + number);
    }

    /** Whether a key that somebody names can be that of a result of this job. */
    public boolean belongsTo(JobId job, ObjectKey key) {
        return key.value().startsWith(home(job.pathSegment()));
    }

    /** Removes all that any attempt of a job that has ended left; uploads under way are not its business. */
    public Future<Void> deleteAll(JobId job) {
        return deleteIf(job, () -> Future.succeededFuture(true));
    }

    /** Removes what any attempt of a job left, if {@code over} says so after it was seen. */
    public Future<Void> deleteIf(JobId job, Supplier<Future<Boolean>> over) {
        String home = home(job.pathSegment());
        return objectStore.list(home, "").compose(keys -> {
            if (keys.isEmpty()) {
                return Future.succeededFuture();
            }
            return over.get()
                    .compose(yes -> yes ? objectStore.delete(keys).map(true) : Future.succeededFuture(false))
                    .compose(deleted -> deleted && keys.size() == ObjectStore.PAGE_SIZE
                            ? deleteIf(job, over)
                            : Future.succeededFuture());
        });
    }

    /** Removes objects that nobody needs. */
    public Future<Void> remove(Collection<ObjectKey> keys) {
        return objectStore.delete(keys);
    }

    /** Up to 1,000 keys of any jobs, from behind {@code after}; none: there are no more. */
    public Future<List<ObjectKey>> listObjects(String after) {
        return objectStore.list(prefix, after);
    }

    /** Uploads here, up to 1,000, that somebody began and did not end yet. */
    public Future<List<MultipartUploadId>> listMultipartUploads() {
        return objectStore.listMultipartUploads(prefix);
    }

    /** Ends uploads that nobody goes on with. */
    public Future<Void> abort(Collection<MultipartUploadId> uploads) {
        return objectStore.abortMultipartUploads(uploads);
    }

    /** The file name of the job that a key here belongs to. */
    public String jobDirectoryOf(ObjectKey key) {
        String below = key.value().substring(prefix.length());
        int slash = below.indexOf('/');
        return slash < 0 ? below : below.substring(0, slash);
    }

    private String home(String fileName) {
        return prefix + fileName + "/";
    }
}
