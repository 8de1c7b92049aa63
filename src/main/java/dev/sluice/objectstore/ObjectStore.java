package dev.sluice.objectstore;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ProgressListener;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/**
 * The object store as the stages see it. Every Future fails with a {@link dev.sluice.job.JobException}: STORE_UNAVAILABLE when
 * the store can't be reached or is busy, STORE_REFUSED when it won't, and what the method names. Futures complete on the
 * caller's context.
 */
public interface ObjectStore {
    /** How many names one answer has at the most. */
    int PAGE_SIZE = 1_000;

    /** What the store knows of an object; OBJECT_NOT_FOUND if there is none. */
    Future<ObjectMetadata> head(ObjectKey key);

    /**
     * Copies an object to a file, which is replaced, and which is gone again if this fails. Length and, where the store gives
     * one, checksum are checked.
     *
     * <p>Fails with OBJECT_NOT_FOUND, with TOO_LARGE before anything is written, with OBJECT_CHANGED when the object is
     * replaced meanwhile, with CHECKSUM_MISMATCH, with DISK_FULL, or with the reason of the cancellation.
     *
     * @param maxBytes the largest object to take
     */
    Future<ObjectMetadata> download(
            ObjectKey key, Path target, long maxBytes, ProgressListener progress, CancellationToken cancellation);

    /** {@link #fetch(BlobKey, Path, long, Progress, Cancellation)} of an object of any size. */
    default Future<ObjectMetadata> download(
            ObjectKey key, Path target, ProgressListener progress, CancellationToken cancellation) {
        return download(key, target, Long.MAX_VALUE, progress, cancellation);
    }

    /**
     * Stores a file, in place of what has this key, and looks whether the store has it.
     *
     * <p>Fails with FILES_MISSING when the source is not there, with CHECKSUM_MISMATCH when the store holds something else
     * afterwards, or with the reason of the cancellation. An upload that failed leaves no parts in the store.
     */
    Future<ObjectMetadata> upload(
            ObjectKey key, Path source, String contentType, ProgressListener progress, CancellationToken cancellation);

    /**
     * Stores a file that is there to be copied from: as {@link #put}, but for the look whether the store has it, which the copy
     * is a better one for.
     */
    default Future<Void> uploadUnverified(
            ObjectKey key, Path source, String contentType, ProgressListener progress, CancellationToken cancellation) {
        return upload(key, source, contentType, progress, cancellation).mapEmpty();
    }

    /**
     * Copies an object within the store, in place of what has the key {@code to}, and looks whether the store has it.
     *
     * <p>Fails with OBJECT_NOT_FOUND, with CHECKSUM_MISMATCH when the copy is not {@code bytes} long, or with the reason of the
     * cancellation.
     *
     * @param bytes size of the object
     */
    Future<ObjectMetadata> copy(ObjectKey from, long bytes, ObjectKey to, CancellationToken cancellation);

    /**
     * Keys that begin with {@code prefix} and come behind {@code after}, in the order of their UTF-8: up to {@link #PAGE}; none: there
     * are no more. What others put there meanwhile may be missing.
     *
     * @param after empty: from the first
     */
    Future<List<ObjectKey>> list(String prefix, String after);

    /** Up to {@link #PAGE} uploads of keys under {@code prefix} that were begun and neither completed nor aborted. */
    Future<List<MultipartUploadId>> listMultipartUploads(String prefix);

    /** Ends such uploads; those that have ended meanwhile count as ended. */
    Future<Void> abortMultipartUploads(Collection<MultipartUploadId> uploads);

    /** Removes objects; those that are not there count as removed. */
    Future<Void> delete(Collection<ObjectKey> keys);

    /** Tells whether the store can be used: reachable, the bucket there, the credentials valid. */
    Future<Void> check();
}
