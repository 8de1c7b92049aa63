package dev.sluice.objectstore.s3;

import dev.sluice.common.async.Cancellation;
import dev.sluice.common.async.Lanes;
import dev.sluice.common.async.Progress;
import dev.sluice.config.S3Config;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobFailure;
import dev.sluice.objectstore.BlobInfo;
import dev.sluice.objectstore.BlobKey;
import dev.sluice.objectstore.Blobs;
import dev.sluice.objectstore.UnfinishedUpload;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/** S3 and what speaks like it. One instance serves all verticles; whoever made it closes it. */
public final class S3Blobs implements Blobs {
    private final S3Session session;
    private final SignedLinks links;

    /** Makes the client, which reads the SDK's files and takes a while: not for an event loop. Connects to nothing yet. */
    public S3Blobs(Vertx vertx, S3Config config) {
        this.session = new S3Session(vertx, config);
        this.links = new SignedLinks(vertx, config);
    }

    /** Objects whose bytes come from elsewhere. */
    public MultipartUploads multipart() {
        return new MultipartUploads(session);
    }

    /** Links to objects of this bucket. */
    public SignedLinks links() {
        return links;
    }

    @Override
    public Future<BlobInfo> head(BlobKey key) {
        return session.head(key, new Cancellation());
    }

    @Override
    public Future<BlobInfo> fetch(
            BlobKey key, Path target, long maxBytes, Progress progress, Cancellation cancellation) {
        return new S3Fetch(session, key, target, maxBytes, progress, cancellation).run();
    }

    @Override
    public Future<BlobInfo> put(
            BlobKey key, Path source, String contentType, Progress progress, Cancellation cancellation) {
        return new S3Put(session, key, source, contentType, progress, cancellation).run();
    }

    @Override
    public Future<Void> stage(
            BlobKey key, Path source, String contentType, Progress progress, Cancellation cancellation) {
        return new S3Put(session, key, source, contentType, progress, cancellation).withoutALook();
    }

    @Override
    public Future<BlobInfo> copy(BlobKey from, long bytes, BlobKey to, Cancellation cancellation) {
        return new S3Copy(session, from, bytes, to, S3Copy.LARGEST_AT_ONCE, cancellation).run();
    }

    @Override
    public Future<List<BlobKey>> list(String prefix, String after) {
        return new S3Listing(session).keys(prefix, after);
    }

    @Override
    public Future<List<UnfinishedUpload>> unfinished(String prefix) {
        return new S3Listing(session).uploads(prefix);
    }

    @Override
    public Future<Void> abort(Collection<UnfinishedUpload> uploads) {
        List<UnfinishedUpload> all = List.copyOf(uploads);
        return Lanes.run(
                all.size(), session.config().parallelism(), index -> S3Multipart.abort(session, all.get(index)));
    }

    // One by one: some stores have no batch delete, and others want a checksum for it that the next ones refuse.
    @Override
    public Future<Void> delete(Collection<BlobKey> keys) {
        List<BlobKey> all = List.copyOf(keys);
        return Lanes.run(all.size(), session.config().parallelism(), index -> delete(all.get(index)));
    }

    private Future<Void> delete(BlobKey key) {
        return session.send(
                        S3Session.object(key),
                        client -> client.deleteObject(
                                request -> request.bucket(session.bucket()).key(key.value())))
                .<Void>mapEmpty()
                .recover(cause -> JobFailure.of(cause).code() == ErrorCode.OBJECT_NOT_FOUND
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
                .recover(cause -> S3Failures.code(cause).equals("BucketAlreadyOwnedByYou")
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
