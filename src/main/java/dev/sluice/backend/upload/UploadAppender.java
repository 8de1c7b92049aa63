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
    private final UploadRepository book;
    private final ResumableUploadService.Rules rules;
    private final Optional<ChecksumVerifier> digest;
    private final UploadRecord before;
    private final PartSplitter parts;
    private final MultipartObjectWriter object;

    UploadAppender(
            UploadRecord upload,
            UploadRepository book,
            MultipartUploads store,
            ResumableUploadService.Rules rules,
            Optional<ChecksumVerifier> digest) {
        this.book = book;
        this.rules = rules;
        this.digest = digest;
        this.before = upload;
        this.object = new MultipartObjectWriter(
                store,
                new ObjectKey(upload.key()),
                upload.multipart(),
                upload.etags(),
                // At once: nobody could take back what nobody knows of.
                begun -> write(upload.with(Optional.of(begun.id()), upload.etags(), upload.tail(), upload.received())));
        this.parts = new PartSplitter(
                rules.partSizeFor(upload.bytes()),
                upload.tail().getBytes(),
                upload.bytes() - upload.received(),
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
                                        RequestRejectedException.Reason.OTHER_CHECKSUM,
                                        "What came has another checksum than was said; it does not count."));
            }
            Future<UploadRecord> kept = write(now());
            return came.failed() ? kept.transform(written -> Future.failedFuture(came.cause())) : kept;
        });
    }

    private UploadRecord now() {
        ByteBuffer rest = parts.rest();
        byte[] tail = new byte[rest.remaining()];
        rest.get(tail);
        return before.with(object.multipart(), object.etags(), Buffer.buffer(tail), before.received() + parts.taken());
    }

    private Future<Void> part(ByteBuffer bytes) {
        return object.add(bytes).compose(added -> {
            long stored = before.received() + parts.taken();
            return digest.isPresent()
                    ? Future.succeededFuture()
                    : write(before.with(object.multipart(), object.etags(), Buffer.buffer(), stored))
                            .mapEmpty();
        });
    }

    private Future<UploadRecord> write(UploadRecord upload) {
        return book.add(upload, rules.keptFor()).map(ours -> {
            if (!ours) {
                throw new RequestRejectedException(
                        RequestRejectedException.Reason.NOT_NOW, "Another request goes on with this upload.");
            }
            return upload;
        });
    }
}
