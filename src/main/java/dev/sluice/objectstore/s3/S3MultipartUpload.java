package dev.sluice.objectstore.s3;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ParallelTasks;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.objectstore.ByteRange;
import dev.sluice.objectstore.Checksum;
import dev.sluice.objectstore.ChecksumAlgorithm;
import dev.sluice.objectstore.MultipartUploadId;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.transfer.PartLayout;
import io.vertx.core.Future;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;

/** An object made of parts, which either comes to be or leaves nothing behind. */
final class S3MultipartUpload {
    private static final Logger LOG = LoggerFactory.getLogger(S3MultipartUpload.class);
    private static final String GONE = "NoSuchUpload";

    private final S3RequestExecutor requests;
    private final ObjectKey key;
    private final PartLayout parts;
    private final CancellationToken cancellation;
    private final AtomicReferenceArray<Part> done;

    S3MultipartUpload(S3RequestExecutor requests, ObjectKey key, PartLayout parts, CancellationToken cancellation) {
        this.requests = requests;
        this.key = key;
        this.parts = parts;
        this.cancellation = cancellation;
        this.done = new AtomicReferenceArray<>(parts.count());
    }

    /** How one part gets into the store. */
    @FunctionalInterface
    interface PartSender {
        /**
         * Sends a part and tells what the store has.
         *
         * @param number of the part, from 1
         */
        Future<Part> send(String uploadId, int number, ByteRange range);
    }

    /**
     * A part that the store has.
     *
     * @param md5 of its bytes, where they passed through here
     */
    record Part(String etag, Optional<Checksum> md5) {}

    /** Sends all parts; gives the ETag of the object, or empty if the store did not say. */
    Future<String> upload(Optional<String> contentType, PartSender sender) {
        // Neither the beginning nor the end is cancelled half-way: nobody would know which upload to abort.
        return requests.send(
                        S3RequestExecutor.describe(key),
                        client -> client.createMultipartUpload(request -> request.bucket(requests.bucket())
                                .key(key.value())
                                .contentType(contentType.orElse(null))))
                .map(CreateMultipartUploadResponse::uploadId)
                .compose(id -> ParallelTasks.forEachIndex(
                                parts.count(), requests.config().parallelism(), index -> part(sender, id, index))
                        .compose(sent -> complete(id))
                        .recover(cause -> abort(id).transform(aborted -> Future.failedFuture(cause))));
    }

    private Future<Void> part(PartSender sender, String id, int index) {
        return sender.send(id, index + 1, parts.part(index))
                .onSuccess(part -> done.set(index, part))
                .mapEmpty();
    }

    private Future<String> complete(String id) {
        cancellation.throwIfCancelled();
        List<CompletedPart> completed = IntStream.range(0, parts.count())
                .mapToObj(index -> CompletedPart.builder()
                        .partNumber(index + 1)
                        .eTag(done.get(index).etag())
                        .build())
                .toList();
        return requests.send(
                        S3RequestExecutor.describe(key),
                        client -> client.completeMultipartUpload(request -> request.bucket(requests.bucket())
                                .key(key.value())
                                .uploadId(id)
                                .multipartUpload(upload -> upload.parts(completed))))
                .map(response -> S3Responses.etag(response.eTag()))
                // The answer to the first try got lost and the second found nothing to do: the object tells.
                .recover(cause -> S3ErrorMapper.errorCode(cause).equals(GONE)
                        ? Future.succeededFuture(expectedEtag())
                        : Future.failedFuture(cause));
    }

    /** The ETag that S3 gives an object made of parts: the MD5 of their MD5s, and their number; empty if we don't know them. */
    private String expectedEtag() {
        ChecksumAlgorithm.Digest digest = ChecksumAlgorithm.MD5.newDigest();
        for (int index = 0; index < parts.count(); index++) {
            Optional<Checksum> md5 = done.get(index).md5();
            if (md5.isEmpty()) {
                return "";
            }
            digest.update(md5.get().value(), md5.get().value().length);
        }
        return HexFormat.of().formatHex(digest.value()) + "-" + parts.count();
    }

    /** Never fails for an upload that has ended already. */
    static Future<Void> abort(S3RequestExecutor requests, MultipartUploadId upload) {
        return requests.send(
                        S3RequestExecutor.describe(upload.key()),
                        client -> client.abortMultipartUpload(request -> request.bucket(requests.bucket())
                                .key(upload.key().value())
                                .uploadId(upload.id())))
                .<Void>mapEmpty()
                .recover(cause -> S3ErrorMapper.errorCode(cause).equals(GONE)
                        ? Future.succeededFuture()
                        : Future.failedFuture(cause));
    }

    private Future<Void> abort(String id) {
        return abort(requests, new MultipartUploadId(key, id)).recover(cause -> {
            LOG.atWarn()
                    .addKeyValue("key", key)
                    .addKeyValue("error", cause.toString())
                    .log("unfinished upload could not be aborted");
            return Future.succeededFuture();
        });
    }

    static JobException mismatch(ObjectKey key) {
        return new JobException(
                ErrorCode.CHECKSUM_MISMATCH, "The store holds something else under '" + key + "' than what was sent.");
    }
}
