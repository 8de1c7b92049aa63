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

/** An object in the store that grows part by part; a small one is stored whole at its end. Its first bytes have to be a video's. */
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

    /** Adds a part; the bytes are not touched until the Future is completed. Fails with a {@link RequestRejectedException} if it is no video. */
    Future<Void> writePart(ByteBuffer part) {
        return ensureCreated(part)
                .compose(to -> store.uploadPart(to, etags.size() + 1, part))
                .onSuccess(etags::add)
                .mapEmpty();
    }

    /** Makes the object, with these bytes at its end. */
    Future<Void> complete(ByteBuffer rest) {
        Future<MultipartUploadId> begun = upload;
        if (begun == null) {
            return VideoSignatureCheck.check(rest).compose(video -> store.putObject(key, rest, CONTENT_TYPE));
        }
        Future<Void> all = rest.hasRemaining() ? writePart(rest) : Future.succeededFuture();
        return all.compose(added -> begun).compose(made -> store.complete(made, etags));
    }

    /** Takes back what is stored of it. */
    Future<Void> abort() {
        return upload == null ? Future.succeededFuture() : upload.compose(store::abort);
    }

    /** The store's id of it; empty before the first part. */
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
                    Future<MultipartUploadId> begun = store.create(key, CONTENT_TYPE);
                    upload = begun;
                    return begun.compose(made -> onCreated.apply(made).map(made));
                })
                : upload;
    }
}
