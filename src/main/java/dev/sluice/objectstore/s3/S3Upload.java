package dev.sluice.objectstore.s3;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.objectstore.ByteRange;
import dev.sluice.objectstore.Checksum;
import dev.sluice.objectstore.ChecksumAlgorithm;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.ObjectMetadata;
import dev.sluice.objectstore.transfer.PartLayout;
import dev.sluice.objectstore.transfer.ProgressRequestBody;
import io.vertx.core.Future;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/** One file on its way to the store: in one request, or in parts if it is larger than one. */
final class S3Upload {
    private static final int CHUNK = 64 * 1024;

    private final S3RequestExecutor requests;
    private final ObjectKey key;
    private final Path source;
    private final String contentType;
    private final ProgressListener progress;
    private final CancellationToken cancellation;
    private final AtomicLong sent = new AtomicLong();

    S3Upload(
            S3RequestExecutor requests,
            ObjectKey key,
            Path source,
            String contentType,
            ProgressListener progress,
            CancellationToken cancellation) {
        this.requests = requests;
        this.key = key;
        this.source = source;
        this.contentType = contentType;
        this.progress = progress;
        this.cancellation = cancellation;
    }

    Future<ObjectMetadata> uploadVerified() {
        return requests.runBlocking(() -> Files.size(source))
                .compose(size -> stored(size).compose(etag -> verified(size, etag)))
                .onSuccess(metadata -> progress.report(1));
    }

    Future<Void> uploadUnverified() {
        return requests.runBlocking(() -> Files.size(source))
                .compose(this::stored)
                .onSuccess(etag -> progress.report(1))
                .mapEmpty();
    }

    private Future<String> stored(long size) {
        return size <= requests.config().partSize()
                ? whole(size)
                : new S3MultipartUpload(
                                requests,
                                key,
                                PartLayout.forUpload(size, requests.config().partSize()),
                                cancellation)
                        .upload(Optional.of(contentType), (id, number, range) -> part(id, number, range, size));
    }

    private Future<String> whole(long size) {
        ByteRange all = new ByteRange(0, size);
        Future<Checksum> md5 =
                requests.runBlocking(() -> Checksum.ofFile(ChecksumAlgorithm.MD5, source, all, cancellation));
        Future<PutObjectResponse> put = requests.send(
                S3RequestExecutor.describe(key),
                cancellation,
                client -> client.putObject(
                        request -> request.bucket(requests.bucket())
                                .key(key.value())
                                .contentType(contentType)
                                .contentLength(size),
                        body(all, size)));
        return Future.join(md5, put).map(both -> {
            PutObjectResponse response = put.result();
            String etag = S3Responses.etag(response.eTag());
            verifyPart(
                    md5.result(),
                    S3Responses.md5(etag, response.serverSideEncryption(), response.sseCustomerAlgorithm()));
            return etag;
        });
    }

    private Future<S3MultipartUpload.Part> part(String id, int number, ByteRange range, long size) {
        Future<Checksum> md5 =
                requests.runBlocking(() -> Checksum.ofFile(ChecksumAlgorithm.MD5, source, range, cancellation));
        Future<UploadPartResponse> sent = requests.send(
                S3RequestExecutor.describe(key),
                cancellation,
                client -> client.uploadPart(
                        request -> request.bucket(requests.bucket())
                                .key(key.value())
                                .uploadId(id)
                                .partNumber(number)
                                .contentLength(range.length()),
                        body(range, size)));
        return Future.join(md5, sent).map(both -> {
            UploadPartResponse response = sent.result();
            verifyPart(
                    md5.result(),
                    S3Responses.md5(
                            S3Responses.etag(response.eTag()),
                            response.serverSideEncryption(),
                            response.sseCustomerAlgorithm()));
            return new S3MultipartUpload.Part(response.eTag(), Optional.of(md5.result()));
        });
    }

    /** Not every store tells: then the look afterwards has to do. */
    private void verifyPart(Checksum sent, Optional<Checksum> stored) {
        if (stored.isPresent() && !stored.get().equals(sent)) {
            throw S3MultipartUpload.mismatch(key);
        }
    }

    private AsyncRequestBody body(ByteRange range, long size) {
        AsyncRequestBody file = AsyncRequestBody.fromFile(body -> body.path(source)
                .position(range.start())
                .numBytesToRead(range.length())
                .chunkSizeInBytes(CHUNK));
        return new ProgressRequestBody(
                file, more -> progress.report((double) sent.addAndGet(more) / Math.max(1, size)));
    }

    /** Looks in the store: what it acknowledged is not always what it keeps. */
    private Future<ObjectMetadata> verified(long size, String etag) {
        return requests.head(key, cancellation).compose(metadata -> {
            boolean same = metadata.size() == size
                    && (etag.isEmpty() || metadata.etag().equals(etag));
            return same ? Future.succeededFuture(metadata) : Future.failedFuture(S3MultipartUpload.mismatch(key));
        });
    }
}
