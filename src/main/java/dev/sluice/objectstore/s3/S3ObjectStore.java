package dev.sluice.objectstore.s3;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ParallelTasks;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.config.S3Config;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.objectstore.MultipartUploadId;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.ObjectMetadata;
import dev.sluice.objectstore.ObjectStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/** S3 and what speaks like it. One instance serves all verticles; whoever made it closes it. */
public final class S3ObjectStore implements ObjectStore {
    private final S3RequestExecutor session;
    private final PresignedUrls links;

    /** Makes the client, which reads the SDK's files and takes a while: not for an event loop. Connects to nothing yet. */
    public S3ObjectStore(Vertx vertx, S3Config config) {
        this.session = new S3RequestExecutor(vertx, config);
        this.links = new PresignedUrls(vertx, config);
    }

    /** Objects whose bytes come from elsewhere. */
    public MultipartUploads multipart() {
        return new MultipartUploads(session);
    }

    /** Links to objects of this bucket. */
    public PresignedUrls links() {
        return links;
    }

    @Override
    public Future<ObjectMetadata> head(ObjectKey key) {
        return session.head(key, new CancellationToken());
    }

    @Override
    public Future<ObjectMetadata> fetch(
            ObjectKey key, Path target, long maxBytes, ProgressListener progress, CancellationToken cancellation) {
        return new S3Download(session, key, target, maxBytes, progress, cancellation).run();
    }

    @Override
    public Future<ObjectMetadata> put(
            ObjectKey key, Path source, String contentType, ProgressListener progress, CancellationToken cancellation) {
        return new S3Upload(session, key, source, contentType, progress, cancellation).run();
    }

    @Override
    public Future<Void> stage(
            ObjectKey key, Path source, String contentType, ProgressListener progress, CancellationToken cancellation) {
        return new S3Upload(session, key, source, contentType, progress, cancellation).withoutALook();
    }

    @Override
    public Future<ObjectMetadata> copy(ObjectKey from, long bytes, ObjectKey to, CancellationToken cancellation) {
        return new S3Copy(session, from, bytes, to, S3Copy.LARGEST_AT_ONCE, cancellation).run();
    }

    @Override
    public Future<List<ObjectKey>> list(String prefix, String after) {
        return new S3Listing(session).keys(prefix, after);
    }

    @Override
    public Future<List<MultipartUploadId>> unfinished(String prefix) {
        return new S3Listing(session).uploads(prefix);
    }

    @Override
    public Future<Void> abort(Collection<MultipartUploadId> uploads) {
        List<MultipartUploadId> all = List.copyOf(uploads);
        return ParallelTasks.run(
                all.size(), session.config().parallelism(), index -> S3MultipartUpload.abort(session, all.get(index)));
    }

    // One by one: some stores have no batch delete, and others want a checksum for it that the next ones refuse.
    @Override
    public Future<Void> delete(Collection<ObjectKey> keys) {
        List<ObjectKey> all = List.copyOf(keys);
        return ParallelTasks.run(all.size(), session.config().parallelism(), index -> delete(all.get(index)));
    }

    private Future<Void> delete(ObjectKey key) {
        return session.send(
                        S3RequestExecutor.object(key),
                        client -> client.deleteObject(
                                request -> request.bucket(session.bucket()).key(key.value())))
                .<Void>mapEmpty()
                .recover(cause -> JobException.of(cause).code() == ErrorCode.OBJECT_NOT_FOUND
                        ? Future.succeededFuture()
                        : Future.failedFuture(cause));
    }

    // A list, not a HEAD of the bucket: only an answer with a body says what is wrong.
    @Override
    public Future<Void> check() {
        return session.send(
                        "list of objects",
                        client -> client.listObjectsV2(
                                request -> request.bucket(session.bucket()).maxKeys(1)))
                .mapEmpty();
    }

    /** Makes the bucket if it is not there. */
    public Future<Void> ensureBucket() {
        return session.send("bucket", client -> client.createBucket(request -> request.bucket(session.bucket())))
                .<Void>mapEmpty()
                .recover(cause -> S3ErrorMapper.code(cause).equals("BucketAlreadyOwnedByYou")
                        ? Future.succeededFuture()
                        : Future.failedFuture(cause));
    }

    /** Ends all connections; what is under way fails. */
    public Future<Void> close() {
        links.close();
        return session.close();
    }

    @Override
    public String toString() {
        return "S3Blobs[" + session.bucket() + "]";
    }
}
