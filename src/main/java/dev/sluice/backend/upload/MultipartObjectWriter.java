package dev.sluice.backend.upload;

import dev.sluice.backend.job.RequestRejectedException;
import dev.sluice.objectstore.MultipartUploadId;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.s3.MultipartUploads;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An object in the store that grows part by part; a small one is stored whole at its end. Its first bytes have to be a video's. */
final class MultipartObjectWriter {
    private final MultipartUploads store;
    private final ObjectKey key;
    private final List<String> etags;
    private final Function<MultipartUploadId, Future<?>> onBegin;
    private @Nullable Future<MultipartUploadId> upload;

    /** A new one. */
    MultipartObjectWriter(MultipartUploads store, ObjectKey key) {
        this(store, key, Optional.empty(), List.of(), begun -> Future.succeededFuture());
    }

    /**
     * One that has grown before.
     *
     * @param multipart the store's id of it, from the first part on
     * @param etags of its parts, in order
     * @param onBegin runs before the first part is stored
     */
    MultipartObjectWriter(
            MultipartUploads store,
            ObjectKey key,
            Optional<String> multipart,
            List<String> etags,
            Function<MultipartUploadId, Future<?>> onBegin) {
        this.store = store;
        this.key = key;
        this.etags = new ArrayList<>(etags);
        this.onBegin = onBegin;
        this.upload = multipart
                .map(id -> Future.succeededFuture(new MultipartUploadId(key, id)))
                .orElse(null);
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
            return FormUploadService.checkSignature(rest)
                    .compose(video -> store.putObject(key, rest, FormUploadService.CONTENT_TYPE));
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
                ? FormUploadService.checkSignature(first).compose(video -> {
                    Future<MultipartUploadId> begun = store.create(key, FormUploadService.CONTENT_TYPE);
                    upload = begun;
                    return begun.compose(made -> onBegin.apply(made).map(made));
                })
                : upload;
    }
}
