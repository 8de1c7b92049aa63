package dev.sluice.backend.upload;

import dev.sluice.backend.job.RequestRejectedException;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.s3.MultipartUploads;
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
        this.object = new MultipartObjectWriter(
                store,
                new ObjectKey(upload.key()),
                upload.multipartId(),
                upload.etags(),
                // At once: nobody could take back what nobody knows of.
                begun -> save(upload.withProgress(
                        Optional.of(begun.id()), upload.etags(), upload.pendingBytes(), upload.receivedBytes())));
        this.parts = new PartSplitter(
                rules.partSizeFor(upload.totalBytes()),
                upload.pendingBytes().getBytes(),
                upload.totalBytes() - upload.receivedBytes(),
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
            Future<UploadRecord> kept = save(snapshot());
            return came.failed() ? kept.transform(written -> Future.failedFuture(came.cause())) : kept;
        });
    }

    private UploadRecord snapshot() {
        ByteBuffer rest = parts.remainder();
        byte[] tail = new byte[rest.remaining()];
        rest.get(tail);
        return initial.withProgress(
                object.uploadId(), object.etags(), Buffer.buffer(tail), initial.receivedBytes() + parts.byteCount());
    }

    private Future<Void> part(ByteBuffer bytes) {
        return object.writePart(bytes).compose(added -> {
            long stored = initial.receivedBytes() + parts.byteCount();
            return digest.isPresent()
                    ? Future.succeededFuture()
                    : save(initial.withProgress(object.uploadId(), object.etags(), Buffer.buffer(), stored))
                            .mapEmpty();
        });
    }

    private Future<UploadRecord> save(UploadRecord upload) {
        return uploads.update(upload, rules.ttl()).map(ours -> {
            if (!ours) {
                throw new RequestRejectedException(
                        RequestRejectedException.Reason.CONFLICT, "Another request goes on with this upload.");
            }
            return upload;
        });
    }
}
