package dev.sluice.objectstore.s3;

import dev.sluice.objectstore.CachePolicy;
import dev.sluice.objectstore.MultipartUploadId;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.ObjectStore;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * Multipart uploads whose parts arrive one by one, over any time. Every part but the last must have 5 MiB or more, which is a limit
 * of S3. Futures fail as those of {@link ObjectStore} and complete on the caller's context.
 */
public final class MultipartUploads {
    private static final String NO_SUCH_UPLOAD = "NoSuchUpload";

    private final S3RequestExecutor requests;

    MultipartUploads(S3RequestExecutor requests) {
        this.requests = requests;
    }

    /** Starts an upload. Until it is completed or aborted, its parts occupy space in the store. */
    public Future<MultipartUploadId> create(ObjectKey key, String contentType) {
        return create(key, Optional.of(contentType));
    }

    Future<MultipartUploadId> create(ObjectKey key, Optional<String> contentType) {
        return requests.send(
                        S3RequestExecutor.describe(key),
                        client -> client.createMultipartUpload(request -> request.bucket(requests.bucket())
                                .key(key.value())
                                .contentType(contentType.orElse(null))
                                .cacheControl(
                                        contentType.flatMap(CachePolicy::of).orElse(null))))
                .map(CreateMultipartUploadResponse::uploadId)
                .map(id -> new MultipartUploadId(key, id));
    }

    /**
     * Uploads a part, replacing a part of the same number; returns its ETag.
     *
     * @param number from 1
     * @param bytes must not change until the Future is completed
     */
    public Future<String> uploadPart(MultipartUploadId upload, int number, ByteBuffer bytes) {
        return requests.send(
                        S3RequestExecutor.describe(upload.key()),
                        client -> client.uploadPart(
                                request -> request.bucket(requests.bucket())
                                        .key(upload.key().value())
                                        .uploadId(upload.id())
                                        .partNumber(number)
                                        .contentLength((long) bytes.remaining()),
                                AsyncRequestBody.fromByteBufferUnsafe(bytes.duplicate())))
                .map(UploadPartResponse::eTag);
    }

    /**
     * Creates the object from its parts.
     *
     * @param etags of the parts, in order; at least one
     */
    public Future<Void> complete(MultipartUploadId upload, List<String> etags) {
        return assemble(upload, etags).mapEmpty();
    }

    /** As {@link #complete}; returns the ETag of the object, or an empty text if the store sent none. */
    Future<String> assemble(MultipartUploadId upload, List<String> etags) {
        List<CompletedPart> parts = IntStream.range(0, etags.size())
                .mapToObj(index -> CompletedPart.builder()
                        .partNumber(index + 1)
                        .eTag(etags.get(index))
                        .build())
                .toList();
        return requests.send(
                        S3RequestExecutor.describe(upload.key()),
                        client -> client.completeMultipartUpload(request -> request.bucket(requests.bucket())
                                .key(upload.key().value())
                                .uploadId(upload.id())
                                .multipartUpload(assembled -> assembled.parts(parts))))
                .map(response -> S3Responses.etag(response.eTag()));
    }

    /** Deletes the stored parts; an upload that has ended already counts as aborted. */
    public Future<Void> abort(MultipartUploadId upload) {
        return requests.send(
                        S3RequestExecutor.describe(upload.key()),
                        client -> client.abortMultipartUpload(request -> request.bucket(requests.bucket())
                                .key(upload.key().value())
                                .uploadId(upload.id())))
                .<Void>mapEmpty()
                .recover(cause -> hasEnded(cause) ? Future.succeededFuture() : Future.failedFuture(cause));
    }

    /** Whether a request failed because its upload has ended. */
    static boolean hasEnded(Throwable failure) {
        return S3ErrorMapper.errorCode(failure).equals(NO_SUCH_UPLOAD);
    }

    /** Uploads an object in one request. */
    public Future<Void> putObject(ObjectKey key, ByteBuffer bytes, String contentType) {
        return requests.send(
                        S3RequestExecutor.describe(key),
                        client -> client.putObject(
                                request -> request.bucket(requests.bucket())
                                        .key(key.value())
                                        .contentType(contentType)
                                        .contentLength((long) bytes.remaining()),
                                AsyncRequestBody.fromByteBufferUnsafe(bytes.duplicate())))
                .mapEmpty();
    }

    /** The first bytes of an object, or all if it is shorter; fails with OBJECT_NOT_FOUND. */
    public Future<byte[]> readPrefix(ObjectKey key, int bytes) {
        return requests.send(
                        S3RequestExecutor.describe(key),
                        client -> client.getObject(
                                request -> request.bucket(requests.bucket())
                                        .key(key.value())
                                        .range("bytes=0-" + (bytes - 1)),
                                AsyncResponseTransformer.toBytes()))
                .map(response -> response.asByteArray());
    }
}
