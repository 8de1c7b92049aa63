package dev.sluice.objectstore.s3;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.job.Cost;
import dev.sluice.objectstore.ByteRange;
import dev.sluice.objectstore.CachePolicy;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** Uploads a file, in one request or, if it is larger than one part, as multipart upload. */
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
                .compose(size -> upload(size).compose(etag -> verify(size, etag)))
                .onSuccess(metadata -> progress.report(1));
    }

    Future<Void> uploadUnverified() {
        return requests.runBlocking(() -> Files.size(source))
                .compose(this::upload)
                .onSuccess(etag -> progress.report(1))
                .mapEmpty();
    }

    private Future<String> upload(long size) {
        return size <= requests.config().partSize()
                ? uploadWhole(size)
                : new S3MultipartUpload(
                                requests,
                                key,
                                PartLayout.forUpload(size, requests.config().partSize()),
                                cancellation)
                        .upload(Optional.of(contentType), (id, number, range) -> uploadPart(id, number, range, size));
    }

    private Future<String> uploadWhole(long size) {
        ByteRange all = new ByteRange(0, size);
        return send(
                        all,
                        client -> client.putObject(
                                request -> request.bucket(requests.bucket())
                                        .key(key.value())
                                        .contentType(contentType)
                                        .cacheControl(
                                                CachePolicy.of(contentType).orElse(null))
                                        .contentLength(size),
                                body(all, size)),
                        put -> new StoredRange(
                                S3Responses.etag(put.eTag()), put.serverSideEncryption(), put.sseCustomerAlgorithm()))
                .map(S3MultipartUpload.Part::etag);
    }

    private Future<S3MultipartUpload.Part> uploadPart(String id, int number, ByteRange range, long size) {
        return send(
                range,
                client -> client.uploadPart(
                        request -> request.bucket(requests.bucket())
                                .key(key.value())
                                .uploadId(id)
                                .partNumber(number)
                                .contentLength(range.length()),
                        body(range, size)),
                part -> new StoredRange(part.eTag(), part.serverSideEncryption(), part.sseCustomerAlgorithm()));
    }

    /** Sends a range and computes its MD5 at the same time; a store that encrypts or sends no ETag is checked by {@link #verify}. */
    private <T> Future<S3MultipartUpload.Part> send(
            ByteRange range, Function<S3AsyncClient, CompletableFuture<T>> request, Function<T, StoredRange> response) {
        Future<Checksum> md5 =
                requests.runBlocking(() -> Checksum.ofFile(ChecksumAlgorithm.MD5, source, range, cancellation));
        Future<StoredRange> stored = requests.send(S3RequestExecutor.describe(key), cancellation, request)
                .map(response);
        return Future.join(md5, stored).map(both -> {
            if (stored.result()
                    .md5()
                    .filter(other -> !other.equals(md5.result()))
                    .isPresent()) {
                throw S3MultipartUpload.mismatch(key);
            }
            return new S3MultipartUpload.Part(stored.result().etag(), Optional.of(md5.result()));
        });
    }

    private record StoredRange(
            String etag,
            @Nullable ServerSideEncryption encryption,
            @Nullable String customerAlgorithm) {
        Optional<Checksum> md5() {
            return S3Responses.md5(S3Responses.etag(etag), encryption, customerAlgorithm);
        }
    }

    private AsyncRequestBody body(ByteRange range, long size) {
        AsyncRequestBody file = AsyncRequestBody.fromFile(body -> body.path(source)
                .position(range.start())
                .numBytesToRead(range.length())
                .chunkSizeInBytes(CHUNK));
        return new ProgressRequestBody(file, more -> {
            cancellation.cost().add(Cost.ofTransfer(0, more));
            progress.report((double) sent.addAndGet(more) / Math.max(1, size));
        });
    }

    /** Compares the stored object: a store may acknowledge an upload and store other data. */
    private Future<ObjectMetadata> verify(long size, String etag) {
        return requests.head(key, cancellation).compose(metadata -> {
            boolean same = metadata.size() == size
                    && (etag.isEmpty() || metadata.etag().equals(etag));
            return same ? Future.succeededFuture(metadata) : Future.failedFuture(S3MultipartUpload.mismatch(key));
        });
    }
}
