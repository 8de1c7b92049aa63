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
 * Uploads that clients send to the object store with presigned URLs: in one PUT up to 64 MiB, in parts above.
 * Futures fail with {@link RequestRejectedException} if the request is rejected.
 */
public final class DirectUploadService {
    private static final long SINGLE_PUT_LIMIT = 64L << 20;

    private final ResumableUploadService uploads;
    private final MultipartUploads store;
    private final PresignedUrls presignedUrls;
    private final UploadFinalizer finalizer;
    private final Duration urlTtl;

    /** @param urlTtl validity of the presigned URLs */
    public DirectUploadService(
            ResumableUploadService uploads,
            MultipartUploads store,
            PresignedUrls presignedUrls,
            UploadFinalizer finalizer,
            Duration urlTtl) {
        this.uploads = uploads;
        this.store = store;
        this.presignedUrls = presignedUrls;
        this.finalizer = finalizer;
        this.urlTtl = urlTtl;
    }

    /**
     * An upload with the URLs of its parts.
     *
     * @param partSize size in bytes of every part except the last
     */
    public record DirectUpload(UploadRecord upload, List<URI> urls, long partSize) {}

    /**
     * Creates an upload by presigned URLs.
     *
     * @param webhook receives the result of the job
     */
    public Future<DirectUpload> create(Caller caller, String name, long bytes, Optional<WebhookUrl> webhook) {
        boolean multipart = bytes > SINGLE_PUT_LIMIT;
        return uploads.create(
                        caller,
                        new ResumableUploadService.NewUpload(name, bytes, Optional.empty()),
                        webhook,
                        true,
                        video -> multipart
                                ? store.create(video.key(), MultipartObjectWriter.CONTENT_TYPE)
                                        .map(created -> Optional.of(created.id()))
                                : Future.succeededFuture(Optional.empty()))
                .compose(this::withUrls);
    }

    private Future<DirectUpload> withUrls(UploadRecord upload) {
        ObjectKey key = new ObjectKey(upload.target().key());
        long partSize = Math.max(SINGLE_PUT_LIMIT, uploads.limits().partSizeFor(upload.totalBytes()));
        int count = Math.toIntExact((upload.totalBytes() + partSize - 1) / partSize);
        return upload.multipart()
                .uploadId()
                .map(id -> presignedUrls.forPartUploads(new MultipartUploadId(key, id), count, urlTtl))
                .orElseGet(() -> presignedUrls.forUpload(key, urlTtl).map(List::of))
                .map(signed -> new DirectUpload(upload, signed, partSize));
    }

    /**
     * Creates the job of an upload whose data is in the object store.
     *
     * @param etags of the parts, in order; empty for an upload in one PUT
     */
    public Future<UploadRecord> complete(Caller caller, String id, List<String> etags) {
        return uploads.requireOwned(caller, id).compose(upload -> {
            if (!upload.direct()) {
                return Future.failedFuture(new RequestRejectedException(
                        RequestRejectedException.Reason.CONFLICT,
                        "Not a direct upload: its data is sent to this API."));
            }
            return upload.completed() ? Future.succeededFuture(upload) : finalizer.completeDirect(upload, etags);
        });
    }
}
