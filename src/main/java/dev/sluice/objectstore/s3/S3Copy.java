package dev.sluice.objectstore.s3;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.objectstore.ByteRange;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.ObjectMetadata;
import dev.sluice.objectstore.transfer.PartLayout;
import io.vertx.core.Future;
import java.util.Optional;

/** Copies an object within the store, without transferring its bytes. */
final class S3Copy {
    /**
     * Largest copy in one request. S3 accepts 5 GiB, but a store that sends nothing until it is done must finish before the read
     * timeout (docs/decisions/045).
     */
    static final long MAX_SINGLE_COPY_BYTES = 256L << 20;

    private static final int NOT_FOUND = 404;

    private final S3RequestExecutor requests;
    private final ObjectKey from;
    private final long bytes;
    private final ObjectKey to;
    private final long maxSingleCopyBytes;
    private final CancellationToken cancellation;

    /**
     * @param bytes size of the object
     * @param maxSingleCopyBytes a larger object is copied in parts of this size; S3 requires 5 MiB or more
     */
    S3Copy(
            S3RequestExecutor requests,
            ObjectKey from,
            long bytes,
            ObjectKey to,
            long maxSingleCopyBytes,
            CancellationToken cancellation) {
        this.requests = requests;
        this.maxSingleCopyBytes = maxSingleCopyBytes;
        this.from = from;
        this.bytes = bytes;
        this.to = to;
        this.cancellation = cancellation;
    }

    Future<ObjectMetadata> run() {
        return (bytes <= maxSingleCopyBytes ? copyWhole() : copyParts()).compose(copied -> verify());
    }

    private Future<Void> copyParts() {
        return requests.head(from, cancellation)
                .compose(source -> new S3MultipartUpload(
                                requests, to, PartLayout.forUpload(source.size(), maxSingleCopyBytes), cancellation)
                        .upload(source.contentType(), this::copyPart))
                .mapEmpty();
    }

    private Future<S3MultipartUpload.Part> copyPart(String id, int number, ByteRange range) {
        return requests.send(
                        S3RequestExecutor.describe(from),
                        cancellation,
                        client -> client.uploadPartCopy(request -> request.sourceBucket(requests.bucket())
                                .sourceKey(from.value())
                                .copySourceRange("bytes=" + range.start() + "-" + (range.end() - 1))
                                .destinationBucket(requests.bucket())
                                .destinationKey(to.value())
                                .uploadId(id)
                                .partNumber(number)))
                .map(copied ->
                        new S3MultipartUpload.Part(copied.copyPartResult().eTag(), Optional.empty()));
    }

    private Future<Void> copyWhole() {
        return requests.send(
                        S3RequestExecutor.describe(from),
                        cancellation,
                        client -> client.copyObject(request -> request.sourceBucket(requests.bucket())
                                .sourceKey(from.value())
                                .destinationBucket(requests.bucket())
                                .destinationKey(to.value())))
                .mapEmpty();
    }

    private Future<ObjectMetadata> verify() {
        return requests.head(to, cancellation)
                // OBJECT_NOT_FOUND means that the source does not exist.
                .recover(cause ->
                        Future.failedFuture(S3ErrorMapper.httpStatus(cause) == NOT_FOUND ? copyMissing() : cause))
                .compose(copy -> copy.size() == bytes
                        ? Future.succeededFuture(copy)
                        : Future.failedFuture(new JobException(
                                ErrorCode.CHECKSUM_MISMATCH,
                                "The copy of '" + from + "' to '" + to + "' has " + copy.size() + " bytes, expected "
                                        + bytes + ".")));
    }

    private JobException copyMissing() {
        return new JobException(
                ErrorCode.CHECKSUM_MISMATCH,
                "The store copied '" + from + "', but the copy '" + to + "' was not found.");
    }
}
