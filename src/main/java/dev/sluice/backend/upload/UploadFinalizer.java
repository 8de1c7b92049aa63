package dev.sluice.backend.upload;

import dev.sluice.backend.job.Caller;
import dev.sluice.backend.job.JobOptionsResolver;
import dev.sluice.backend.job.JobSubmissionService;
import dev.sluice.backend.job.NewVideo;
import dev.sluice.backend.job.RequestRejectedException;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.media.FileSignature;
import dev.sluice.message.StagedJob;
import dev.sluice.objectstore.MultipartUploadId;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.ObjectStore;
import dev.sluice.objectstore.s3.MultipartUploads;
import dev.sluice.persistence.job.JobCreation;
import dev.sluice.persistence.upload.UploadRecord;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Completes the object of an upload and creates its job. Idempotent. */
public final class UploadFinalizer {
    private static final Logger LOG = LoggerFactory.getLogger(UploadFinalizer.class);

    private final MultipartUploads store;
    private final ObjectStore objectStore;
    private final JobSubmissionService submission;
    private final UploadMetrics metrics;

    public UploadFinalizer(
            MultipartUploads store, ObjectStore objectStore, JobSubmissionService submission, UploadMetrics metrics) {
        this.store = store;
        this.objectStore = objectStore;
        this.submission = submission;
        this.metrics = metrics;
    }

    /** Fails with {@link RequestRejectedException} if the user must not begin another job now. */
    Future<Void> checkJobQuota(Caller caller) {
        return submission.checkQuota(caller);
    }

    /** Completes an upload whose data is in stored parts and pending bytes. */
    Future<UploadRecord> complete(UploadRecord upload) {
        return metrics.count(
                UploadMetrics.Kind.RESUMABLE,
                assembleObject(upload)
                        .recover(cause -> objectExists(upload)
                                .compose(exists -> exists ? Future.succeededFuture() : Future.failedFuture(cause)))
                        .compose(object -> createJob(upload)));
    }

    /**
     * Completes an upload whose data the client sent to the object store.
     *
     * @param etags of the parts, in order; empty for one PUT
     */
    Future<UploadRecord> completeDirect(UploadRecord upload, List<String> etags) {
        ObjectKey key = new ObjectKey(upload.target().key());
        // The URLs of parts are invalid once the object is complete; the URL of a whole object is valid for its time.
        Future<Void> completed = upload.multipart()
                .uploadId()
                .map(id -> etags.isEmpty()
                        ? Future.<Void>succeededFuture()
                        : store.complete(new MultipartUploadId(key, id), etags))
                .orElseGet(() -> copyIncoming(upload, key));
        Future<UploadRecord> created = completed
                .transform(result -> objectExists(upload))
                .compose(exists -> exists
                        ? store.readPrefix(key, FileSignature.LENGTH)
                        : Future.failedFuture(new RequestRejectedException(
                                RequestRejectedException.Reason.OBJECT_NOT_FOUND,
                                "The object store has no object of " + upload.totalBytes()
                                        + " bytes for this upload.")))
                .compose(prefix -> VideoSignatureCheck.check(ByteBuffer.wrap(prefix)))
                .compose(checked -> createJob(upload))
                .onSuccess(done -> deleteIncoming(upload));
        return metrics.count(UploadMetrics.Kind.DIRECT, created);
    }

    /** The key that a client may write to; what is checked is a copy, which it cannot replace. */
    static ObjectKey incoming(ObjectKey key) {
        return new ObjectKey(key.value() + ".incoming");
    }

    private Future<Void> copyIncoming(UploadRecord upload, ObjectKey key) {
        return objectStore
                .copy(incoming(key), upload.totalBytes(), key, new CancellationToken())
                .mapEmpty();
    }

    private void deleteIncoming(UploadRecord upload) {
        objectStore
                .delete(List.of(incoming(new ObjectKey(upload.target().key()))))
                .onFailure(cause -> LOG.atWarn()
                        .addKeyValue("uploadId", upload.id())
                        .addKeyValue("error", String.valueOf(cause.getMessage()))
                        .log("incoming object not deleted; left to the cleanup of expired uploads"));
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
        StagedJob job = video.toJob(target.job(), upload.totalBytes())
                .withProfile(UploadMetadata.value(upload.metadata(), JobOptionsResolver.PROFILE));
        return submission.create(JobCreation.forUpload(job, upload)).map(created -> {
            if (created.isEmpty()) {
                throw new RequestRejectedException(
                        RequestRejectedException.Reason.GONE, "The upload has expired or was deleted.");
            }
            return upload;
        });
    }

    /** Deletes the stored data of a deleted upload; of a completed one what a client has written since. */
    Future<Void> deleteObject(UploadRecord upload) {
        ObjectKey key = new ObjectKey(upload.target().key());
        if (upload.completed()) {
            return upload.direct() ? objectStore.delete(List.of(incoming(key))) : Future.succeededFuture();
        }
        Future<Void> aborted = upload.multipart()
                .uploadId()
                .map(id -> store.abort(new MultipartUploadId(key, id)))
                .orElseGet(Future::succeededFuture);
        return upload.direct() ? aborted.compose(gone -> objectStore.delete(List.of(key, incoming(key)))) : aborted;
    }
}
