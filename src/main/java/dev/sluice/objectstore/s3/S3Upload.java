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

    private final S3RequestExecutor session;
    private final ObjectKey key;
    private final Path source;
    private final String contentType;
    private final ProgressListener progress;
    private final CancellationToken cancellation;
    private final AtomicLong sent = new AtomicLong();

    S3Upload(
            S3RequestExecutor session,
            ObjectKey key,
            Path source,
            String contentType,
            ProgressListener progress,
            CancellationToken cancellation) {
        this.session = session;
        this.key = key;
        this.source = source;
        this.contentType = contentType;
        this.progress = progress;
        this.cancellation = cancellation;
    }

    Future<ObjectMetadata> run() {
        return session.withFiles(() -> Files.size(source))
                .compose(size -> stored(size).compose(etag -> verified(size, etag)))
                .onSuccess(info -> progress.at(1));
    }

    Future<Void> withoutALook() {
        return session.withFiles(() -> Files.size(source))
                .compose(this::stored)
                .onSuccess(etag -> progress.at(1))
                .mapEmpty();
    }

    private Future<String> stored(long size) {
        return size <= session.config().partSize()
                ? whole(size)
                : new S3MultipartUpload(
                                session,
                                key,
                                PartLayout.ofUpload(size, session.config().partSize()),
                                cancellation)
                        .make(Optional.of(contentType), (id, number, range) -> part(id, number, range, size));
    }

    private Future<String> whole(long size) {
        ByteRange all = new ByteRange(0, size);
        Future<Checksum> md5 =
                session.withFiles(() -> Checksum.ofFile(ChecksumAlgorithm.MD5, source, all, cancellation));
        Future<PutObjectResponse> put = session.send(
                S3RequestExecutor.object(key),
                cancellation,
                client -> client.putObject(
                        request -> request.bucket(session.bucket())
                                .key(key.value())
                                .contentType(contentType)
                                .contentLength(size),
                        body(all, size)));
        return Future.join(md5, put).map(both -> {
            PutObjectResponse response = put.result();
            String etag = S3Responses.etag(response.eTag());
            requireStored(
                    md5.result(),
                    S3Responses.md5(etag, response.serverSideEncryption(), response.sseCustomerAlgorithm()));
            return etag;
        });
    }

    private Future<S3MultipartUpload.Part> part(String id, int number, ByteRange range, long size) {
        Future<Checksum> md5 =
                session.withFiles(() -> Checksum.ofFile(ChecksumAlgorithm.MD5, source, range, cancellation));
        Future<UploadPartResponse> sent = session.send(
                S3RequestExecutor.object(key),
                cancellation,
                client -> client.uploadPart(
                        request -> request.bucket(session.bucket())
                                .key(key.value())
                                .uploadId(id)
                                .partNumber(number)
                                .contentLength(range.length()),
                        body(range, size)));
        return Future.join(md5, sent).map(both -> {
            UploadPartResponse response = sent.result();
            requireStored(
                    md5.result(),
                    S3Responses.md5(
                            S3Responses.etag(response.eTag()),
                            response.serverSideEncryption(),
                            response.sseCustomerAlgorithm()));
            return new S3MultipartUpload.Part(response.eTag(), Optional.of(md5.result()));
        });
    }

    /** Not every store tells: then the look afterwards has to do. */
    private void requireStored(Checksum sent, Optional<Checksum> stored) {
        if (stored.isPresent() && !stored.get().equals(sent)) {
            throw S3MultipartUpload.mismatch(key);
        }
    }

    private AsyncRequestBody body(ByteRange range, long size) {
        AsyncRequestBody file = AsyncRequestBody.fromFile(body -> body.path(source)
                .position(range.start())
                .numBytesToRead(range.length())
                .chunkSizeInBytes(CHUNK));
        return new ProgressRequestBody(file, more -> progress.at((double) sent.addAndGet(more) / Math.max(1, size)));
    }

    /** Looks in the store: what it acknowledged is not always what it keeps. */
    private Future<ObjectMetadata> verified(long size, String etag) {
        return session.head(key, cancellation).compose(info -> {
            boolean same = info.size() == size && (etag.isEmpty() || info.etag().equals(etag));
            return same ? Future.succeededFuture(info) : Future.failedFuture(S3MultipartUpload.mismatch(key));
        });
    }
}
