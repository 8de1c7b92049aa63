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

/** Uploads the parts of an object in parallel, and completes or aborts the upload. */
final class S3MultipartUpload {
    private static final Logger LOG = LoggerFactory.getLogger(S3MultipartUpload.class);

    private final MultipartUploads uploads;
    private final int parallelism;
    private final ObjectKey key;
    private final PartLayout parts;
    private final CancellationToken cancellation;
    private final AtomicReferenceArray<Part> done;

    S3MultipartUpload(S3RequestExecutor requests, ObjectKey key, PartLayout parts, CancellationToken cancellation) {
        this.uploads = new MultipartUploads(requests);
        this.parallelism = requests.config().parallelism();
        this.key = key;
        this.parts = parts;
        this.cancellation = cancellation;
        this.done = new AtomicReferenceArray<>(parts.count());
    }

    /** Uploads or copies one part. */
    @FunctionalInterface
    interface PartSender {
        /**
         * Sends a part.
         *
         * @param number of the part, from 1
         */
        Future<Part> send(String uploadId, int number, ByteRange range);
    }

    /**
     * A stored part.
     *
     * @param md5 of its bytes; empty for a copied part
     */
    record Part(String etag, Optional<Checksum> md5) {}

    /** Returns the ETag of the object, or an empty text if it is unknown. */
    Future<String> upload(Optional<String> contentType, PartSender sender) {
        // Create and complete are not cancelled: an interrupted call would leave an upload whose ID is unknown.
        return uploads.create(key, contentType)
                .compose(upload -> ParallelTasks.forEachIndex(
                                parts.count(), parallelism, index -> part(sender, upload.id(), index))
                        .compose(sent -> complete(upload))
                        .recover(cause -> abort(upload).transform(aborted -> Future.failedFuture(cause))));
    }

    private Future<Void> part(PartSender sender, String id, int index) {
        return sender.send(id, index + 1, parts.part(index))
                .onSuccess(part -> done.set(index, part))
                .mapEmpty();
    }

    private Future<String> complete(MultipartUploadId upload) {
        cancellation.throwIfCancelled();
        List<String> etags = IntStream.range(0, parts.count())
                .mapToObj(index -> done.get(index).etag())
                .toList();
        // The response to the first try was lost, and its repetition found the upload completed.
        return uploads.assemble(upload, etags)
                .recover(cause -> MultipartUploads.hasEnded(cause)
                        ? Future.succeededFuture(expectedEtag())
                        : Future.failedFuture(cause));
    }

    /** The ETag of S3 for an object of parts: the MD5 of their MD5s, and their number; empty if those are unknown. */
    private String expectedEtag() {
        ChecksumAlgorithm.Digest digest = ChecksumAlgorithm.MD5.newDigest();
        for (int index = 0; index < parts.count(); index++) {
            Optional<Checksum> md5 = done.get(index).md5();
            if (md5.isEmpty()) {
                return "";
            }
            digest.update(md5.get().value());
        }
        return HexFormat.of().formatHex(digest.value()) + "-" + parts.count();
    }

    private Future<Void> abort(MultipartUploadId upload) {
        return uploads.abort(upload)
                .onFailure(cause -> LOG.atWarn()
                        .addKeyValue("key", key)
                        .addKeyValue("error", cause.toString())
                        .log("multipart upload not aborted"));
    }

    static JobException mismatch(ObjectKey key) {
        return new JobException(
                ErrorCode.CHECKSUM_MISMATCH, "The stored object '" + key + "' differs from the uploaded data.");
    }
}
