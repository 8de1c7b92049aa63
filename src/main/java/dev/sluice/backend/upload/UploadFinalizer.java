package dev.sluice.backend.upload;

import dev.sluice.backend.job.JobSubmissionService;
import dev.sluice.backend.job.NewVideo;
import dev.sluice.backend.job.RequestRejectedException;
import dev.sluice.media.FileSignature;
import dev.sluice.objectstore.MultipartUploadId;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.ObjectStore;
import dev.sluice.objectstore.s3.MultipartUploads;
import dev.sluice.persistence.upload.UploadRecord;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.List;

/** Makes the object of an upload whose bytes are all there, and its job; whoever asks again gets the same. */
public final class UploadFinalizer {
    private final MultipartUploads store;
    private final ObjectStore blobs;
    private final JobSubmissionService submission;
    private final String ownerColumn;

    /** @param ownerColumn the column of the media table that says whose a medium is */
    public UploadFinalizer(
            MultipartUploads store, ObjectStore blobs, JobSubmissionService submission, String ownerColumn) {
        this.store = store;
        this.blobs = blobs;
        this.submission = submission;
        this.ownerColumn = ownerColumn;
    }

    /** All bytes are in parts and tail. */
    Future<UploadRecord> finish(UploadRecord upload) {
        return made(upload)
                .recover(cause ->
                        isThere(upload).compose(there -> there ? Future.succeededFuture() : Future.failedFuture(cause)))
                .compose(object -> job(upload));
    }

    /**
     * The bytes went straight to the store.
     *
     * @param etags of the parts, in order; none: it came in one
     */
    Future<UploadRecord> finishDirect(UploadRecord upload, List<String> etags) {
        ObjectKey key = new ObjectKey(upload.key());
        Future<Void> made = upload.multipart()
                .filter(id -> !etags.isEmpty())
                .map(id -> store.complete(new MultipartUploadId(key, id), etags))
                .orElseGet(Future::succeededFuture);
        return made.transform(whether -> isThere(upload))
                .compose(there -> there
                        ? store.beginning(key, FileSignature.LENGTH)
                        : Future.failedFuture(new RequestRejectedException(
                                RequestRejectedException.Reason.NOT_IN_STORE,
                                "There is no object of " + upload.bytes() + " bytes at the place of this upload yet.")))
                .compose(head -> FormUploadService.sniffed(ByteBuffer.wrap(head)))
                .compose(video -> job(upload));
    }

    private Future<Void> made(UploadRecord upload) {
        return new MultipartObjectWriter(
                        store,
                        new ObjectKey(upload.key()),
                        upload.multipart(),
                        upload.etags(),
                        begun -> Future.succeededFuture())
                .end(ByteBuffer.wrap(upload.tail().getBytes()));
    }

    private Future<Boolean> isThere(UploadRecord upload) {
        return blobs.head(new ObjectKey(upload.key()))
                .map(found -> found.size() == upload.bytes())
                .otherwise(false);
    }

    private Future<UploadRecord> job(UploadRecord upload) {
        NewVideo video = new NewVideo(upload.mediaId(), new ObjectKey(upload.key()), upload.fileName(), upload.owner());
        return submission
                .createOfUpload(video.job(upload.job(), upload.bytes()), ownerColumn, upload)
                .map(there -> {
                    if (!there) {
                        throw new RequestRejectedException(
                                RequestRejectedException.Reason.GONE, "The upload has expired, or was taken back.");
                    }
                    return upload;
                });
    }

    /** Takes back what an upload that was struck out has left in the store. */
    Future<Void> discard(UploadRecord upload) {
        ObjectKey key = new ObjectKey(upload.key());
        Future<Void> aborted = upload.multipart()
                .map(id -> store.abort(new MultipartUploadId(key, id)))
                .orElseGet(Future::succeededFuture);
        return upload.direct() ? aborted.compose(gone -> blobs.delete(List.of(key))) : aborted;
    }
}
