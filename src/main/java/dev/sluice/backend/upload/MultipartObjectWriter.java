package dev.sluice.backend.upload;

import dev.sluice.backend.job.RequestRejectedException;
import dev.sluice.objectstore.MultipartUploadId;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.s3.MultipartUploads;
import dev.sluice.persistence.upload.UploadRecord;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes an object as a multipart upload while its data is received; an object of less than one part is stored with one PUT.
 * Rejects data that is not a video.
 */
final class MultipartObjectWriter {
    /** The type is unknown before the probe. */
    static final String CONTENT_TYPE = "application/octet-stream";

    private final MultipartUploads store;
    private final ObjectKey key;
    private final List<String> etags;
    private final Function<MultipartUploadId, Future<?>> onCreated;
    private @Nullable Future<MultipartUploadId> upload;

    /** For a new object. */
    MultipartObjectWriter(MultipartUploads store, ObjectKey key) {
        this(store, key, List.of(), created -> Future.succeededFuture());
    }

    /**
     * For the object of an upload that may have parts already.
     *
     * @param onCreated runs before the first part is stored
     */
    MultipartObjectWriter(
            MultipartUploads store, UploadRecord upload, Function<MultipartUploadId, Future<?>> onCreated) {
        this(store, new ObjectKey(upload.target().key()), upload.multipart().etags(), onCreated);
        this.upload = upload.multipart()
                .uploadId()
                .map(id -> Future.succeededFuture(new MultipartUploadId(key, id)))
                .orElse(null);
    }

    private MultipartObjectWriter(
            MultipartUploads store,
            ObjectKey key,
            List<String> etags,
            Function<MultipartUploadId, Future<?>> onCreated) {
        this.store = store;
        this.key = key;
        this.etags = new ArrayList<>(etags);
        this.onCreated = onCreated;
    }

    /**
     * Writes a part, whose bytes must not change until the future completes. Fails with {@link RequestRejectedException} if
     * the first part is not a video.
     */
    Future<Void> writePart(ByteBuffer part) {
        return ensureCreated(part)
                .compose(id -> store.uploadPart(id, etags.size() + 1, part))
                .onSuccess(etags::add)
                .mapEmpty();
    }

    /** Completes the object with its last bytes. */
    Future<Void> complete(ByteBuffer rest) {
        Future<MultipartUploadId> created = upload;
        if (created == null) {
            return VideoSignatureCheck.check(rest).compose(video -> store.putObject(key, rest, CONTENT_TYPE));
        }
        Future<Void> written = rest.hasRemaining() ? writePart(rest) : Future.succeededFuture();
        return written.compose(all -> created).compose(id -> store.complete(id, etags));
    }

    /** Deletes the stored parts. */
    Future<Void> abort() {
        return upload == null ? Future.succeededFuture() : upload.compose(store::abort);
    }

    /** The ID given by the object store; empty before the first part. */
    Optional<String> uploadId() {
        return upload == null || !upload.succeeded()
                ? Optional.empty()
                : Optional.of(upload.result().id());
    }

    List<String> etags() {
        return List.copyOf(etags);
    }

    private Future<MultipartUploadId> ensureCreated(ByteBuffer first) {
        return upload == null
                ? VideoSignatureCheck.check(first).compose(video -> {
                    Future<MultipartUploadId> created = store.create(key, CONTENT_TYPE);
                    upload = created;
                    return created.compose(id -> onCreated.apply(id).map(id));
                })
                : upload;
    }
}
