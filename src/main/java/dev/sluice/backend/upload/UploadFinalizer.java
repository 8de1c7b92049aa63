package dev.sluice.backend.upload;

import dev.sluice.backend.job.JobSubmissionService;
import dev.sluice.backend.job.NewVideo;
import dev.sluice.backend.job.RequestRejectedException;
import dev.sluice.media.FileSignature;
import dev.sluice.objectstore.MultipartUploadId;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.ObjectStore;
import dev.sluice.objectstore.s3.MultipartUploads;
import dev.sluice.persistence.job.JobCreation;
import dev.sluice.persistence.upload.UploadRecord;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.List;

/** Makes the object of an upload whose bytes are all there, and its job; whoever asks again gets the same. */
public final class UploadFinalizer {
    private final MultipartUploads store;
    private final ObjectStore objectStore;
    private final JobSubmissionService submission;

    public UploadFinalizer(MultipartUploads store, ObjectStore objectStore, JobSubmissionService submission) {
        this.store = store;
        this.objectStore = objectStore;
        this.submission = submission;
    }

    /** All bytes are in parts and tail. */
    Future<UploadRecord> complete(UploadRecord upload) {
        return assembleObject(upload)
                .recover(cause -> objectExists(upload)
                        .compose(there -> there ? Future.succeededFuture() : Future.failedFuture(cause)))
                .compose(object -> createJob(upload));
    }

    /**
     * The bytes went straight to the store.
     *
     * @param etags of the parts, in order; none: it came in one
     */
    Future<UploadRecord> completeDirect(UploadRecord upload, List<String> etags) {
        ObjectKey key = new ObjectKey(upload.target().key());
        Future<Void> made = upload.multipart()
                .uploadId()
                .filter(id -> !etags.isEmpty())
                .map(id -> store.complete(new MultipartUploadId(key, id), etags))
                .orElseGet(Future::succeededFuture);
        return made.transform(whether -> objectExists(upload))
                .compose(there -> there
                        ? store.readPrefix(key, FileSignature.LENGTH)
                        : Future.failedFuture(new RequestRejectedException(
                                RequestRejectedException.Reason.OBJECT_NOT_FOUND,
                                "There is no object of " + upload.totalBytes()
                                        + " bytes at the place of this upload yet.")))
                .compose(head -> VideoSignatureCheck.check(ByteBuffer.wrap(head)))
                .compose(video -> createJob(upload));
    }

    private Future<Void> assembleObject(UploadRecord upload) {
        return new MultipartObjectWriter(store, upload, created -> Future.succeededFuture())
                .complete(ByteBuffer.wrap(upload.multipart().pendingBytes().getBytes()));
    }

    private Future<Boolean> objectExists(UploadRecord upload) {
        return objectStore
                .head(new ObjectKey(upload.target().key()))
                .map(found -> found.size() == upload.totalBytes())
                .otherwise(false);
    }

    private Future<UploadRecord> createJob(UploadRecord upload) {
        UploadRecord.Target target = upload.target();
        NewVideo video = new NewVideo(target.mediaId(), new ObjectKey(target.key()), target.fileName(), upload.owner());
        return submission
                .create(JobCreation.forUpload(video.toJob(target.job(), upload.totalBytes()), upload))
                .map(created -> {
                    if (created.isEmpty()) {
                        throw new RequestRejectedException(
                                RequestRejectedException.Reason.GONE, "The upload has expired or was deleted.");
                    }
                    return upload;
                });
    }

    /** Takes back what an upload that was struck out has left in the store. */
    Future<Void> deleteObject(UploadRecord upload) {
        ObjectKey key = new ObjectKey(upload.target().key());
        Future<Void> aborted = upload.multipart()
                .uploadId()
                .map(id -> store.abort(new MultipartUploadId(key, id)))
                .orElseGet(Future::succeededFuture);
        return upload.direct() ? aborted.compose(gone -> objectStore.delete(List.of(key))) : aborted;
    }
}
