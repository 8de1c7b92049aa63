package dev.sluice.blob;

import dev.sluice.job.Cancellation;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobFailure;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/** An upload in parts, which either becomes an object or leaves nothing behind. */
final class S3Multipart {
    private static final Logger LOG = LoggerFactory.getLogger(S3Multipart.class);
    private static final String GONE = "NoSuchUpload";

    private final S3Session session;
    private final BlobKey key;
    private final Parts parts;
    private final Cancellation cancellation;
    private final AtomicReferenceArray<Part> done;

    S3Multipart(S3Session session, BlobKey key, Parts parts, Cancellation cancellation) {
        this.session = session;
        this.key = key;
        this.parts = parts;
        this.cancellation = cancellation;
        this.done = new AtomicReferenceArray<>(parts.count());
    }

    /** Sends the file's parts; gives the ETag of the object, or empty if the store did not say. */
    Future<String> upload(String contentType, Path source, Function<ByteRange, AsyncRequestBody> body) {
        // Neither the beginning nor the end is cancelled half-way: nobody would know which upload to abort.
        return session.send(
                        S3Session.object(key),
                        client -> client.createMultipartUpload(request -> request.bucket(session.bucket())
                                .key(key.value())
                                .contentType(contentType)))
                .map(CreateMultipartUploadResponse::uploadId)
                .compose(id -> Lanes.run(
                                parts.count(), session.config().parallelism(), index -> part(id, index, source, body))
                        .compose(sent -> complete(id))
                        .recover(cause -> abort(id).transform(aborted -> Future.failedFuture(cause))));
    }

    private Future<Void> part(String id, int index, Path source, Function<ByteRange, AsyncRequestBody> body) {
        ByteRange range = parts.part(index);
        Future<Checksum> md5 =
                session.withFiles(() -> Checksum.ofFile(ChecksumAlgorithm.MD5, source, range, cancellation));
        Future<UploadPartResponse> sent = session.send(
                S3Session.object(key),
                cancellation,
                client -> client.uploadPart(
                        request -> request.bucket(session.bucket())
                                .key(key.value())
                                .uploadId(id)
                                .partNumber(index + 1)
                                .contentLength(range.length()),
                        body.apply(range)));
        return Future.join(md5, sent).compose(both -> {
            UploadPartResponse response = sent.result();
            Optional<Checksum> stored = S3Answers.md5(
                    S3Answers.etag(response.eTag()), response.serverSideEncryption(), response.sseCustomerAlgorithm());
            if (stored.isPresent() && !stored.get().equals(md5.result())) {
                return Future.failedFuture(mismatch(key));
            }
            done.set(index, new Part(response.eTag(), md5.result()));
            return Future.succeededFuture();
        });
    }

    private Future<String> complete(String id) {
        cancellation.check();
        List<CompletedPart> completed = IntStream.range(0, parts.count())
                .mapToObj(index -> CompletedPart.builder()
                        .partNumber(index + 1)
                        .eTag(done.get(index).etag())
                        .build())
                .toList();
        return session.send(
                        S3Session.object(key),
                        client -> client.completeMultipartUpload(request -> request.bucket(session.bucket())
                                .key(key.value())
                                .uploadId(id)
                                .multipartUpload(upload -> upload.parts(completed))))
                .map(response -> S3Answers.etag(response.eTag()))
                // The answer to the first try got lost and the second found nothing to do: the object tells.
                .recover(cause -> S3Failures.code(cause).equals(GONE)
                        ? Future.succeededFuture(usualEtag())
                        : Future.failedFuture(cause));
    }

    /** The ETag that S3 gives an object made of parts: the MD5 of their MD5s, and their number. */
    private String usualEtag() {
        ChecksumAlgorithm.Digest digest = ChecksumAlgorithm.MD5.start();
        for (int index = 0; index < parts.count(); index++) {
            byte[] md5 = done.get(index).md5().value();
            digest.update(md5, md5.length);
        }
        return HexFormat.of().formatHex(digest.value()) + "-" + parts.count();
    }

    private Future<Void> abort(String id) {
        return session.send(
                        S3Session.object(key),
                        client -> client.abortMultipartUpload(request -> request.bucket(session.bucket())
                                .key(key.value())
                                .uploadId(id)))
                .<Void>mapEmpty()
                .recover(cause -> {
                    if (!S3Failures.code(cause).equals(GONE)) {
                        LOG.atWarn()
                                .addKeyValue("key", key)
                                .addKeyValue("error", cause.toString())
                                .log("unfinished upload could not be aborted");
                    }
                    return Future.succeededFuture();
                });
    }

    static JobFailure mismatch(BlobKey key) {
        return new JobFailure(
                ErrorCode.CHECKSUM_MISMATCH, "The store holds something else under '" + key + "' than what was sent.");
    }

    private record Part(String etag, Checksum md5) {}
}
