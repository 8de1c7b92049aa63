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
    private static final long IN_ONE = 64L << 20;

    private final ResumableUploadService uploads;
    private final MultipartUploads store;
    private final PresignedUrls links;
    private final UploadFinalizer completion;
    private final Duration valid;

    /** @param valid how long the links are */
    public DirectUploadService(
            ResumableUploadService uploads,
            MultipartUploads store,
            PresignedUrls links,
            UploadFinalizer completion,
            Duration valid) {
        this.uploads = uploads;
        this.store = store;
        this.links = links;
        this.completion = completion;
        this.valid = valid;
    }

    /**
     * An upload with the links that its bytes go to.
     *
     * @param partSize bytes that each link but the last takes
     */
    public record Begun(UploadRecord upload, List<URI> links, long partSize) {}

    /**
     * Begins one.
     *
     * @param webhook who else is to be told how its job ends
     */
    public Future<Begun> begin(Caller caller, String name, long bytes, Optional<WebhookUrl> webhook) {
        boolean parted = bytes > IN_ONE;
        return uploads.begin(
                        caller,
                        name,
                        bytes,
                        webhook,
                        true,
                        video -> parted
                                ? store.begin(video.key(), FormUploadService.CONTENT_TYPE)
                                        .map(begun -> Optional.of(begun.id()))
                                : Future.succeededFuture(Optional.empty()))
                .compose(this::linked);
    }

    private Future<Begun> linked(UploadRecord upload) {
        ObjectKey key = new ObjectKey(upload.key());
        long partSize = Math.max(IN_ONE, uploads.rules().partSizeFor(upload.bytes()));
        int count = Math.toIntExact((upload.bytes() + partSize - 1) / partSize);
        return upload.multipart()
                .map(id -> links.writingParts(new MultipartUploadId(key, id), count, valid))
                .orElseGet(() -> links.writing(key, valid).map(List::of))
                .map(signed -> new Begun(upload, signed, partSize));
    }

    /**
     * Makes the job of one whose bytes are in the store.
     *
     * @param etags that the store gave for the parts, in order; none where there was one link only
     */
    public Future<UploadRecord> complete(Caller caller, String id, List<String> etags) {
        return uploads.mine(caller, id).compose(upload -> {
            if (!upload.direct()) {
                return Future.failedFuture(new RequestRejectedException(
                        RequestRejectedException.Reason.NOT_NOW,
                        "The bytes of this upload do not go straight to the store."));
            }
            return upload.done() ? Future.succeededFuture(upload) : completion.finishDirect(upload, etags);
        });
    }
}
