package dev.sluice.backend.upload;

import dev.sluice.backend.job.Caller;
import dev.sluice.backend.job.NewVideo;
import dev.sluice.backend.job.RequestRejectedException;
import dev.sluice.common.async.ParallelTasks;
import dev.sluice.job.JobId;
import dev.sluice.objectstore.s3.MultipartUploads;
import dev.sluice.objectstore.transfer.PartLayout;
import dev.sluice.persistence.upload.MultipartState;
import dev.sluice.persistence.upload.UploadQuota;
import dev.sluice.persistence.upload.UploadRecord;
import dev.sluice.persistence.upload.UploadRepository;
import dev.sluice.webhook.WebhookUrl;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * Uploads over several requests, each of which may be handled by another process. The state is stored with a fencing token:
 * of two concurrent requests for one upload only the later one can write. Futures fail with {@link RequestRejectedException} if the request is rejected.
 */
public final class ResumableUploadService {
    private final UploadRepository uploads;
    private final MultipartUploads store;
    private final UploadFinalizer finalizer;
    private final UploadLimiter limiter;
    private final UploadLimits limits;

    /**
     * Limits of each upload.
     *
     * @param partSize minimum size of a part in bytes; memory of each request
     * @param maxBytes maximum size of a video
     * @param ttl an upload without data for this time expires
     * @param quota of all uploads
     */
    public record UploadLimits(long partSize, long maxBytes, Duration ttl, UploadQuota quota) {
        /** A larger part size if the object store would need too many parts. */
        int partSizeFor(long bytes) {
            long min = bytes / (PartLayout.MAX_PARTS - 1) + 1;
            return Math.toIntExact(Math.max(partSize, min));
        }
    }

    public ResumableUploadService(
            UploadRepository uploads,
            MultipartUploads store,
            UploadFinalizer finalizer,
            UploadLimiter limiter,
            UploadLimits limits) {
        this.uploads = uploads;
        this.store = store;
        this.finalizer = finalizer;
        this.limiter = limiter;
        this.limits = limits;
    }

    public UploadLimits limits() {
        return limits;
    }

    /**
     * A file to be uploaded.
     *
     * @param name the file name given by the client
     * @param bytes the declared length
     * @param metadata what the client declared about it, in the form of {@link UploadMetadata}; with the profile of the job
     */
    public record NewUpload(String name, long bytes, Optional<String> metadata) {}

    /**
     * Creates an upload.
     *
     * @param webhook receives the result of the job
     */
    public Future<UploadRecord> create(Caller caller, NewUpload file, Optional<WebhookUrl> webhook) {
        return create(caller, file, webhook, false, video -> Future.succeededFuture(Optional.empty()));
    }

    Future<UploadRecord> create(
            Caller caller,
            NewUpload file,
            Optional<WebhookUrl> webhook,
            boolean direct,
            Function<NewVideo, Future<Optional<String>>> createMultipart) {
        if (file.bytes() > limits.maxBytes()) {
            return Future.failedFuture(new RequestRejectedException(
                    RequestRejectedException.Reason.TOO_LARGE,
                    "Upload exceeds the limit of " + limits.maxBytes() + " bytes: it has " + file.bytes() + "."));
        }
        if (file.bytes() == 0) {
            return VideoSignatureCheck.reject("The file is empty.");
        }
        NewVideo video = NewVideo.create(NewVideo.sanitizeFilename(file.name()), caller.subject());
        return finalizer
                .checkJobQuota(caller)
                .compose(allowed -> createMultipart.apply(video))
                .compose(id -> {
                    UploadRecord upload = new UploadRecord(
                            UUID.randomUUID().toString(),
                            caller.subject(),
                            new UploadRecord.Target(
                                    video.mediaId(),
                                    video.key().value(),
                                    video.filename(),
                                    new JobId(UUID.randomUUID().toString())),
                            file.bytes(),
                            direct,
                            MultipartState.initial(id),
                            0,
                            false,
                            webhook,
                            file.metadata(),
                            Instant.now().plus(limits.ttl()));
                    return uploads.insert(upload, limits.quota())
                            .compose(inserted -> inserted
                                    ? Future.succeededFuture(upload)
                                    : finalizer
                                            .deleteObject(upload)
                                            .transform(deleted -> Future.failedFuture(quotaExceeded())));
                });
    }

    /** Returns an upload; completes it first if all data was received but its completion failed before. */
    public Future<UploadRecord> findOrComplete(Caller caller, String id) {
        return requireOwned(caller, id)
                .compose(upload -> upload.completed()
                                || upload.direct()
                                || upload.multipart().receivedBytes() < upload.totalBytes()
                        ? Future.succeededFuture(upload)
                        : limiter.execute(
                                upload.owner(),
                                () -> acquire(id, upload.multipart().receivedBytes())
                                        .compose(finalizer::complete)));
    }

    /**
     * Appends data. Data received before the stream fails is kept, unless the request has a checksum. The last byte creates the
     * job.
     *
     * @param offset the number of bytes received so far, as the client believes
     */
    public Future<UploadRecord> append(
            Caller caller, String id, long offset, Optional<ChecksumVerifier> digest, ReadStream<Buffer> body) {
        return requireOwned(caller, id)
                .compose(upload -> limiter.execute(
                        upload.owner(),
                        () -> acquire(id, offset)
                                .compose(acquired ->
                                        new UploadAppender(acquired, uploads, store, limits, digest).run(body))
                                .compose(appended -> appended.multipart().receivedBytes() == appended.totalBytes()
                                        ? finalizer.complete(appended)
                                        : Future.succeededFuture(appended))
                                .recover(cause -> VideoSignatureCheck.isRejection(cause)
                                        ? abort(id).transform(gone -> Future.failedFuture(cause))
                                        : Future.failedFuture(cause))));
    }

    /** Deletes an upload. */
    public Future<Void> terminate(Caller caller, String id) {
        return requireOwned(caller, id).compose(upload -> abort(id));
    }

    /** Deletes at most 100 expired uploads; returns their number. */
    public Future<Integer> deleteExpired() {
        return uploads.findExpired()
                .compose(expired ->
                        ParallelTasks.sequentially(expired, this::delete).map(expired.size()));
    }

    Future<UploadRecord> requireOwned(Caller caller, String id) {
        return uploads.find(id).map(found -> {
            UploadRecord upload = found.orElseThrow(ResumableUploadService::notFound);
            if (!caller.canAccess(Optional.of(upload.owner()))) {
                throw new RequestRejectedException(
                        RequestRejectedException.Reason.FORBIDDEN,
                        "Access denied: the upload belongs to another user.");
            }
            if (upload.expiresAt().isBefore(Instant.now())) {
                throw new RequestRejectedException(RequestRejectedException.Reason.GONE, "The upload has expired.");
            }
            return upload;
        });
    }

    private Future<UploadRecord> acquire(String id, long offset) {
        return uploads.acquire(id).map(found -> {
            UploadRecord upload = found.orElseThrow(() -> new RequestRejectedException(
                    RequestRejectedException.Reason.CONFLICT, "The upload is complete or was deleted."));
            if (upload.direct()) {
                throw new RequestRejectedException(
                        RequestRejectedException.Reason.CONFLICT,
                        "Direct upload: send the data to the presigned URLs.");
            }
            if (upload.multipart().receivedBytes() != offset) {
                throw new RequestRejectedException(
                        RequestRejectedException.Reason.CONFLICT,
                        "Upload-Offset must be " + upload.multipart().receivedBytes() + ", not " + offset + ".");
            }
            return upload;
        });
    }

    private Future<Void> abort(String id) {
        return uploads.lock(id).compose(found -> found.map(this::delete).orElseGet(Future::succeededFuture));
    }

    private Future<Void> delete(UploadRecord upload) {
        return uploads.delete(upload)
                .compose(deleted -> deleted ? finalizer.deleteObject(upload) : Future.succeededFuture());
    }

    private RequestRejectedException quotaExceeded() {
        return new RequestRejectedException(
                RequestRejectedException.Reason.QUOTA_EXCEEDED,
                "The open uploads of one user are limited to " + limits.quota().maxOpen() + " and to "
                        + limits.quota().maxOpenBytes() + " bytes. Complete or delete some.");
    }

    private static RequestRejectedException notFound() {
        return new RequestRejectedException(RequestRejectedException.Reason.NOT_FOUND, "Upload not found.");
    }
}
