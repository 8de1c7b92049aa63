package dev.sluice.backend.upload;

import dev.sluice.backend.job.RequestRejectedException;
import dev.sluice.objectstore.s3.MultipartUploads;
import dev.sluice.persistence.upload.MultipartState;
import dev.sluice.persistence.upload.UploadRecord;
import dev.sluice.persistence.upload.UploadRepository;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Appends the data of one request to an upload. Parts stored for data that was then discarded are replaced: the next request
 * stores parts with the same numbers.
 */
final class UploadAppender {
    private final UploadRepository uploads;
    private final ResumableUploadService.UploadLimits limits;
    private final Optional<ChecksumVerifier> checksum;
    private final UploadRecord initial;
    private final PartSplitter parts;
    private final MultipartObjectWriter object;

    UploadAppender(
            UploadRecord upload,
            UploadRepository uploads,
            MultipartUploads store,
            ResumableUploadService.UploadLimits limits,
            Optional<ChecksumVerifier> checksum) {
        this.uploads = uploads;
        this.limits = limits;
        this.checksum = checksum;
        this.initial = upload;
        // Saved before the first part is stored: otherwise a multipart upload could not be aborted after a crash.
        this.object = new MultipartObjectWriter(
                store, upload, created -> save(upload.multipart().withUploadId(created.id())));
        this.parts = new PartSplitter(
                limits.partSizeFor(upload.totalBytes()),
                upload.multipart().pendingBytes().getBytes(),
                upload.totalBytes() - upload.multipart().receivedBytes(),
                this::part,
                bytes -> checksum.ifPresent(verifier -> verifier.update(bytes)));
    }

    Future<UploadRecord> run(ReadStream<Buffer> body) {
        return parts.drain(body).transform(drained -> {
            if (checksum.isPresent() && (drained.failed() || !checksum.get().matches())) {
                return Future.failedFuture(
                        drained.failed()
                                ? drained.cause()
                                : new RequestRejectedException(
                                        RequestRejectedException.Reason.CHECKSUM_MISMATCH,
                                        "The received data does not match the declared checksum and is discarded."));
            }
            Future<UploadRecord> saved = save(snapshot());
            return drained.failed() ? saved.transform(written -> Future.failedFuture(drained.cause())) : saved;
        });
    }

    private Future<Void> part(ByteBuffer bytes) {
        return object.writePart(bytes)
                .compose(stored -> checksum.isPresent()
                        ? Future.succeededFuture()
                        : save(state(Buffer.buffer())).mapEmpty());
    }

    private MultipartState snapshot() {
        ByteBuffer remainder = parts.remainder();
        byte[] pending = new byte[remainder.remaining()];
        remainder.get(pending);
        return state(Buffer.buffer(pending));
    }

    private MultipartState state(Buffer pending) {
        return new MultipartState(
                object.uploadId(), object.etags(), pending, initial.multipart().receivedBytes() + parts.byteCount());
    }

    private Future<UploadRecord> save(MultipartState state) {
        UploadRecord upload = initial.with(state);
        return uploads.update(upload, limits.ttl(), limits.quota()).map(result -> switch (result) {
            case UPDATED -> upload;
            case LOCKED ->
                throw new RequestRejectedException(
                        RequestRejectedException.Reason.CONFLICT, "The upload is locked by another request.");
            case USER_QUOTA_EXCEEDED ->
                throw new RequestRejectedException(
                        RequestRejectedException.Reason.QUOTA_EXCEEDED,
                        "The last bytes, less than a part, are discarded: those of all unfinished uploads of one user"
                                + " are limited to " + limits.quota().maxPendingBytesOfUser()
                                + " bytes. Complete or delete other uploads, or send all data in one request.");
            case QUOTA_EXCEEDED ->
                throw new RequestRejectedException(
                        RequestRejectedException.Reason.OVERLOADED,
                        "The last bytes, less than a part, are discarded: those of all unfinished uploads are limited to "
                                + limits.quota().maxPendingBytes() + " bytes. Retry later.");
        });
    }
}
