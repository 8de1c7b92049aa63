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
 * One request's bytes on their way into an upload. Parts that were stored for bytes which do not count are replaced: the next
 * request stores parts of the same numbers.
 */
final class UploadAppender {
    private final UploadRepository uploads;
    private final ResumableUploadService.UploadLimits rules;
    private final Optional<ChecksumVerifier> digest;
    private final UploadRecord initial;
    private final PartSplitter parts;
    private final MultipartObjectWriter object;

    UploadAppender(
            UploadRecord upload,
            UploadRepository uploads,
            MultipartUploads store,
            ResumableUploadService.UploadLimits rules,
            Optional<ChecksumVerifier> digest) {
        this.uploads = uploads;
        this.rules = rules;
        this.digest = digest;
        this.initial = upload;
        // Saved before the first part is stored: otherwise a multipart upload could not be aborted after a crash.
        this.object = new MultipartObjectWriter(
                store, upload, created -> save(upload.multipart().withUploadId(created.id())));
        this.parts = new PartSplitter(
                rules.partSizeFor(upload.totalBytes()),
                upload.multipart().pendingBytes().getBytes(),
                upload.totalBytes() - upload.multipart().receivedBytes(),
                this::part,
                bytes -> digest.ifPresent(expected -> expected.update(bytes)));
    }

    Future<UploadRecord> run(ReadStream<Buffer> body) {
        return parts.drain(body).transform(came -> {
            if (digest.isPresent() && (came.failed() || !digest.get().matches())) {
                return Future.failedFuture(
                        came.failed()
                                ? came.cause()
                                : new RequestRejectedException(
                                        RequestRejectedException.Reason.CHECKSUM_MISMATCH,
                                        "What came has another checksum than was said; it does not count."));
            }
            Future<UploadRecord> saved = save(snapshot());
            return came.failed() ? saved.transform(written -> Future.failedFuture(came.cause())) : saved;
        });
    }

    private Future<Void> part(ByteBuffer bytes) {
        return object.writePart(bytes)
                .compose(stored -> digest.isPresent()
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
        return uploads.update(upload, rules.ttl()).map(acquired -> {
            if (!acquired) {
                throw new RequestRejectedException(
                        RequestRejectedException.Reason.CONFLICT, "The upload is locked by another request.");
            }
            return upload;
        });
    }
}
