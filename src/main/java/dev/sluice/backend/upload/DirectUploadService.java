package dev.sluice.backend.upload;

import dev.sluice.backend.job.Caller;
import dev.sluice.backend.job.RequestRejectedException;
import dev.sluice.objectstore.MultipartUploadId;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.s3.MultipartUploads;
import dev.sluice.objectstore.s3.PresignedUrls;
import dev.sluice.persistence.upload.UploadRecord;
import dev.sluice.webhook.WebhookUrl;
import io.vertx.core.Future;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Videos that go straight to the store over signed links, without passing through here: in one PUT, or in parts if they are
 * larger than that pays. Futures fail with a {@link RequestRejectedException} when the caller gets a no.
 */
public final class DirectUploadService {
    private static final long SINGLE_PUT_LIMIT = 64L << 20;

    private final ResumableUploadService uploads;
    private final MultipartUploads store;
    private final PresignedUrls presignedUrls;
    private final UploadFinalizer finalizer;
    private final Duration urlTtl;

    /** @param valid how long the links are */
    public DirectUploadService(
            ResumableUploadService uploads,
            MultipartUploads store,
            PresignedUrls presignedUrls,
            UploadFinalizer finalizer,
            Duration valid) {
        this.uploads = uploads;
        this.store = store;
        this.presignedUrls = presignedUrls;
        this.finalizer = finalizer;
        this.urlTtl = valid;
    }

    /**
     * An upload with the links that its bytes go to.
     *
     * @param partSize bytes that each link but the last takes
     */
    public record DirectUpload(UploadRecord upload, List<URI> links, long partSize) {}

    /**
     * Begins one.
     *
     * @param webhook who else is to be told how its job ends
     */
    public Future<DirectUpload> create(Caller caller, String name, long bytes, Optional<WebhookUrl> webhook) {
        boolean parted = bytes > SINGLE_PUT_LIMIT;
        return uploads.create(
                        caller,
                        name,
                        bytes,
                        webhook,
                        true,
                        video -> parted
                                ? store.create(video.key(), MultipartObjectWriter.CONTENT_TYPE)
                                        .map(begun -> Optional.of(begun.id()))
                                : Future.succeededFuture(Optional.empty()))
                .compose(this::linked);
    }

    private Future<DirectUpload> linked(UploadRecord upload) {
        ObjectKey key = new ObjectKey(upload.target().key());
        long partSize = Math.max(SINGLE_PUT_LIMIT, uploads.rules().partSizeFor(upload.totalBytes()));
        int count = Math.toIntExact((upload.totalBytes() + partSize - 1) / partSize);
        return upload.multipart()
                .uploadId()
                .map(id -> presignedUrls.forPartUploads(new MultipartUploadId(key, id), count, urlTtl))
                .orElseGet(() -> presignedUrls.forUpload(key, urlTtl).map(List::of))
                .map(signed -> new DirectUpload(upload, signed, partSize));
    }

    /**
     * Makes the job of one whose bytes are in the store.
     *
     * @param etags that the store gave for the parts, in order; none where there was one link only
     */
    public Future<UploadRecord> complete(Caller caller, String id, List<String> etags) {
        return uploads.requireOwned(caller, id).compose(upload -> {
            if (!upload.direct()) {
                return Future.failedFuture(new RequestRejectedException(
                        RequestRejectedException.Reason.CONFLICT,
                        "The bytes of this upload do not go straight to the store."));
            }
            return upload.completed() ? Future.succeededFuture(upload) : finalizer.completeDirect(upload, etags);
        });
    }
}
