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
    private final ObjectStore blobs;
    private final String prefix;

    /**
     * The place under this prefix.
     *
     * @param prefix of all keys, ends with a slash
     */
    public StagingArea(ObjectStore blobs, String prefix) {
        this.blobs = blobs;
        this.prefix = prefix;
    }

    /** Where an attempt puts the result with this number. */
    public ObjectKey key(Attempt attempt, int number) {
        return new ObjectKey(home(attempt.run().job().fileName())
                + attempt.run().stage().key() + "-" + attempt.run().task() + "-" + attempt.token() + "/" + number);
    }

    /** Whether a key that somebody names can be that of a result of this job. */
    public boolean isOf(JobId job, ObjectKey key) {
        return key.value().startsWith(home(job.fileName()));
    }

    /** Removes all that any attempt of a job that has ended left; uploads under way are not its business. */
    public Future<Void> discard(JobId job) {
        return discardIf(job, () -> Future.succeededFuture(true));
    }

    /** Removes what any attempt of a job left, if {@code over} says so after it was seen. */
    public Future<Void> discardIf(JobId job, Supplier<Future<Boolean>> over) {
        String home = home(job.fileName());
        return blobs.list(home, "").compose(keys -> {
            if (keys.isEmpty()) {
                return Future.succeededFuture();
            }
            return over.get()
                    .compose(yes -> yes ? blobs.delete(keys).map(true) : Future.succeededFuture(false))
                    .compose(deleted -> deleted && keys.size() == ObjectStore.PAGE
                            ? discardIf(job, over)
                            : Future.succeededFuture());
        });
    }

    /** Removes objects that nobody needs. */
    public Future<Void> remove(Collection<ObjectKey> keys) {
        return blobs.delete(keys);
    }

    /** Up to 1,000 keys of any jobs, from behind {@code after}; none: there are no more. */
    public Future<List<ObjectKey>> objects(String after) {
        return blobs.list(prefix, after);
    }

    /** Uploads here, up to 1,000, that somebody began and did not end yet. */
    public Future<List<MultipartUploadId>> unfinished() {
        return blobs.unfinished(prefix);
    }

    /** Ends uploads that nobody goes on with. */
    public Future<Void> abort(Collection<MultipartUploadId> uploads) {
        return blobs.abort(uploads);
    }

    /** The file name of the job that a key here belongs to. */
    public String fileName(ObjectKey key) {
        String below = key.value().substring(prefix.length());
        int slash = below.indexOf('/');
        return slash < 0 ? below : below.substring(0, slash);
    }

    private String home(String fileName) {
        return prefix + fileName + "/";
    }
}
