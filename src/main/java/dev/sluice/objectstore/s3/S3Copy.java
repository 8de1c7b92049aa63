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

/** An object copied within the store, without a byte of it passing through here. */
final class S3Copy {
    /**
     * What is copied in one request, bytes. S3 takes up to 5 GiB, but a store that says nothing until it is done has to be done
     * before its silence counts as a dead connection (docs/decisions/045).
     */
    static final long MAX_SINGLE_COPY_BYTES = 256L << 20;

    private static final int NOT_FOUND = 404;

    private final S3RequestExecutor requests;
    private final ObjectKey from;
    private final long bytes;
    private final ObjectKey to;
    private final long largestAtOnce;
    private final CancellationToken cancellation;

    /**
     * A copy of an object of so many {@code bytes}.
     *
     * @param largestAtOnce bytes; what is larger is copied in parts of this size, of which S3 wants 5 MiB or more
     */
    S3Copy(
            S3RequestExecutor requests,
            ObjectKey from,
            long bytes,
            ObjectKey to,
            long largestAtOnce,
            CancellationToken cancellation) {
        this.requests = requests;
        this.largestAtOnce = largestAtOnce;
        this.from = from;
        this.bytes = bytes;
        this.to = to;
        this.cancellation = cancellation;
    }

    Future<ObjectMetadata> run() {
        return (bytes <= largestAtOnce ? whole() : inParts()).compose(copied -> verified());
    }

    private Future<Void> inParts() {
        return requests.head(from, cancellation)
                .compose(source -> new S3MultipartUpload(
                                requests, to, PartLayout.forUpload(source.size(), largestAtOnce), cancellation)
                        .upload(source.contentType(), this::part))
                .mapEmpty();
    }

    private Future<S3MultipartUpload.Part> part(String id, int number, ByteRange range) {
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

    private Future<Void> whole() {
        return requests.send(
                        S3RequestExecutor.describe(from),
                        cancellation,
                        client -> client.copyObject(request -> request.sourceBucket(requests.bucket())
                                .sourceKey(from.value())
                                .destinationBucket(requests.bucket())
                                .destinationKey(to.value())))
                .mapEmpty();
    }

    private Future<ObjectMetadata> verified() {
        return requests.head(to, cancellation)
                // "Not found" is to mean that there is nothing to copy.
                .recover(cause ->
                        Future.failedFuture(S3ErrorMapper.httpStatus(cause) == NOT_FOUND ? copyMissing() : cause))
                .compose(copy -> copy.size() == bytes
                        ? Future.succeededFuture(copy)
                        : Future.failedFuture(new JobException(
                                ErrorCode.CHECKSUM_MISMATCH,
                                "The store's copy of '" + from + "' as '" + to + "' has " + copy.size()
                                        + " bytes instead of " + bytes + ".")));
    }

    private JobException copyMissing() {
        return new JobException(
                ErrorCode.CHECKSUM_MISMATCH,
                "The store copied '" + from + "' and does not have the copy '" + to + "'.");
    }
}
