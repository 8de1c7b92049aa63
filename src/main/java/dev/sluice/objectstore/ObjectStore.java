package dev.sluice.objectstore;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ProgressListener;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/**
 * Object store. Every Future fails with a {@link dev.sluice.job.JobException}: STORE_UNAVAILABLE if the store is unavailable or
 * overloaded, STORE_REFUSED if it rejects the request, and the codes of the method. Futures complete on the caller's context.
 */
public interface ObjectStore {
    /** Most entries of one list. */
    int PAGE_SIZE = 1_000;

    /** Metadata of an object; fails with OBJECT_NOT_FOUND. */
    Future<ObjectMetadata> head(ObjectKey key);

    /**
     * Downloads an object to a file, which is replaced, and deleted on failure. Verifies size and, if the store sends one,
     * checksum.
     *
     * <p>Fails with OBJECT_NOT_FOUND, with TOO_LARGE before anything is written, with OBJECT_CHANGED if the object is
     * replaced during the download, with CHECKSUM_MISMATCH, with DISK_FULL, or with the reason of the cancellation.
     *
     * @param maxBytes largest accepted object
     */
    Future<ObjectMetadata> download(
            ObjectKey key, Path target, long maxBytes, ProgressListener progress, CancellationToken cancellation);

    /** As above, for an object of any size. */
    default Future<ObjectMetadata> download(
            ObjectKey key, Path target, ProgressListener progress, CancellationToken cancellation) {
        return download(key, target, Long.MAX_VALUE, progress, cancellation);
    }

    /**
     * Uploads a file, replaces the object of this key, and verifies the stored object.
     *
     * <p>Fails with FILES_MISSING if the source does not exist, with CHECKSUM_MISMATCH if the stored object differs, or with the
     * reason of the cancellation. A failed upload leaves no parts in the store.
     */
    Future<ObjectMetadata> upload(
            ObjectKey key, Path source, String contentType, ProgressListener progress, CancellationToken cancellation);

    /**
     * As {@link #upload}, without verification of the stored object; for objects that are copied later, because {@link #copy}
     * verifies.
     */
    default Future<Void> uploadUnverified(
            ObjectKey key, Path source, String contentType, ProgressListener progress, CancellationToken cancellation) {
        return upload(key, source, contentType, progress, cancellation).mapEmpty();
    }

    /**
     * Copies an object within the store, replaces the object {@code to}, and verifies the copy.
     *
     * <p>Fails with OBJECT_NOT_FOUND, with CHECKSUM_MISMATCH if the size of the copy is not {@code bytes}, or with the reason of the
     * cancellation.
     *
     * @param bytes size of the object
     */
    Future<ObjectMetadata> copy(ObjectKey from, long bytes, ObjectKey to, CancellationToken cancellation);

    /**
     * Up to {@link #PAGE_SIZE} keys that start with {@code prefix} and follow {@code after}, in the order of their UTF-8; empty at
     * the end. Objects written concurrently may be missing.
     *
     * @param after empty: from the start
     */
    Future<List<ObjectKey>> list(String prefix, String after);

    /** Up to {@link #PAGE_SIZE} multipart uploads below {@code prefix} that are neither completed nor aborted. */
    Future<List<MultipartUploadId>> listMultipartUploads(String prefix);

    /** Aborts multipart uploads; those that have ended already count as aborted. */
    Future<Void> abortMultipartUploads(Collection<MultipartUploadId> uploads);

    /** Deletes objects; missing objects count as deleted. */
    Future<Void> delete(Collection<ObjectKey> keys);

    /** Fails unless the store is reachable, the bucket exists and the credentials are valid. */
    Future<Void> check();
}
