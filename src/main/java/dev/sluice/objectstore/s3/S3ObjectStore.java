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

/** S3 and compatible stores. One instance serves all verticles; its creator closes it. */
public final class S3ObjectStore implements ObjectStore {
    private final S3RequestExecutor requests;
    private final PresignedUrls presignedUrls;

    /** Creates a client that is not measured; otherwise as {@link #S3ObjectStore(Vertx, S3Config, S3Metrics)}. */
    public S3ObjectStore(Vertx vertx, S3Config config) {
        this(vertx, config, S3Metrics.none());
    }

    /** Creates the client, which blocks because the SDK reads files. Opens no connection. */
    public S3ObjectStore(Vertx vertx, S3Config config, S3Metrics metrics) {
        this.requests = new S3RequestExecutor(vertx, config, metrics);
        this.presignedUrls = new PresignedUrls(vertx, config);
    }

    public MultipartUploads multipartUploads() {
        return new MultipartUploads(requests);
    }

    public PresignedUrls presignedUrls() {
        return presignedUrls;
    }

    @Override
    public Future<ObjectMetadata> head(ObjectKey key) {
        return requests.head(key, new CancellationToken());
    }

    @Override
    public Future<ObjectMetadata> download(
            ObjectKey key, Path target, long maxBytes, ProgressListener progress, CancellationToken cancellation) {
        return new S3Download(requests, key, target, maxBytes, progress, cancellation).run();
    }

    @Override
    public Future<ObjectMetadata> upload(
            ObjectKey key, Path source, String contentType, ProgressListener progress, CancellationToken cancellation) {
        return new S3Upload(requests, key, source, contentType, progress, cancellation).uploadVerified();
    }

    @Override
    public Future<Void> uploadUnverified(
            ObjectKey key, Path source, String contentType, ProgressListener progress, CancellationToken cancellation) {
        return new S3Upload(requests, key, source, contentType, progress, cancellation).uploadUnverified();
    }

    @Override
    public Future<ObjectMetadata> copy(ObjectKey from, long bytes, ObjectKey to, CancellationToken cancellation) {
        return new S3Copy(requests, from, bytes, to, S3Copy.MAX_SINGLE_COPY_BYTES, cancellation).run();
    }

    @Override
    public Future<List<ObjectKey>> list(String prefix, String after) {
        return new S3Listing(requests).keys(prefix, after);
    }

    @Override
    public Future<List<MultipartUploadId>> listMultipartUploads(String prefix) {
        return new S3Listing(requests).uploads(prefix);
    }

    @Override
    public Future<Void> abortMultipartUploads(Collection<MultipartUploadId> uploads) {
        List<MultipartUploadId> all = List.copyOf(uploads);
        return ParallelTasks.forEachIndex(
                all.size(),
                requests.config().parallelism(),
                index -> multipartUploads().abort(all.get(index)));
    }

    // One request for each: some stores have no batch delete, and others require a checksum for it that still others
    // reject.
    @Override
    public Future<Void> delete(Collection<ObjectKey> keys) {
        List<ObjectKey> all = List.copyOf(keys);
        return ParallelTasks.forEachIndex(all.size(), requests.config().parallelism(), index -> delete(all.get(index)));
    }

    private Future<Void> delete(ObjectKey key) {
        return requests.send(
                        S3RequestExecutor.describe(key),
                        client -> client.deleteObject(
                                request -> request.bucket(requests.bucket()).key(key.value())))
                .<Void>mapEmpty()
                .recover(cause -> JobException.of(cause).code() == ErrorCode.OBJECT_NOT_FOUND
                        ? Future.succeededFuture()
                        : Future.failedFuture(cause));
    }

    // A list and not a HEAD of the bucket: only a response with a body contains the error code.
    @Override
    public Future<Void> check() {
        return requests.send(
                        "list of objects",
                        client -> client.listObjectsV2(
                                request -> request.bucket(requests.bucket()).maxKeys(1)))
                .mapEmpty();
    }

    /** Closes all connections; requests in progress fail. */
    public Future<Void> close() {
        presignedUrls.close();
        return requests.close();
    }

    @Override
    public String toString() {
        return "S3ObjectStore[" + requests.bucket() + "]";
    }
}
