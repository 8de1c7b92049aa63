package dev.sluice.backend.upload;

import dev.sluice.backend.job.Caller;
import dev.sluice.backend.job.NewVideo;
import dev.sluice.backend.job.RequestRejectedException;
import dev.sluice.common.async.ParallelTasks;
import dev.sluice.job.JobId;
import dev.sluice.objectstore.s3.MultipartUploads;
import dev.sluice.objectstore.transfer.PartLayout;
import dev.sluice.persistence.upload.MultipartState;
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
 * Videos that come over several requests, each going on where the one before broke off, through whichever process: what is stored
 * is written down with a fencing token, so of two that go on with the same upload only the later one does. Futures fail with a
 * {@link RequestRejectedException} when the caller gets a no.
 */
public final class ResumableUploadService {
    private final UploadRepository uploads;
    private final MultipartUploads store;
    private final UploadFinalizer finalizer;
    private final UploadLimiter limiter;
    private final UploadLimits rules;

    /**
     * What holds for each upload.
     *
     * @param partSize bytes in memory, and the least that a part has
     * @param maxBytes the largest video
     * @param keptFor how long nothing may come before it expires
     */
    public record UploadLimits(long partSize, long maxBytes, Duration ttl) {
        /** The store takes so many parts and no more. */
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
            UploadLimits rules) {
        this.uploads = uploads;
        this.store = store;
        this.finalizer = finalizer;
        this.limiter = limiter;
        this.rules = rules;
    }

    public UploadLimits rules() {
        return rules;
    }

    /**
     * Begins an upload.
     *
     * @param name as its owner calls it
     * @param bytes how long it will be
     * @param webhook who else is to be told how its job ends
     */
    public Future<UploadRecord> create(Caller caller, String name, long bytes, Optional<WebhookUrl> webhook) {
        return create(caller, name, bytes, webhook, false, video -> Future.succeededFuture(Optional.empty()));
    }

    Future<UploadRecord> create(
            Caller caller,
            String name,
            long bytes,
            Optional<WebhookUrl> webhook,
            boolean direct,
            Function<NewVideo, Future<Optional<String>>> multipart) {
        if (bytes > rules.maxBytes()) {
            return Future.failedFuture(new RequestRejectedException(
                    RequestRejectedException.Reason.TOO_LARGE,
                    "The video has " + bytes + " bytes, and " + rules.maxBytes() + " are allowed."));
        }
        if (bytes == 0) {
            return VideoSignatureCheck.reject("The file is empty.");
        }
        NewVideo video = NewVideo.create(NewVideo.sanitizeFilename(name), caller.subject());
        return multipart.apply(video).compose(id -> {
            UploadRecord upload = new UploadRecord(
                    UUID.randomUUID().toString(),
                    caller.subject(),
                    new UploadRecord.Target(
                            video.mediaId(),
                            video.key().value(),
                            video.filename(),
                            new JobId(UUID.randomUUID().toString())),
                    bytes,
                    direct,
                    MultipartState.initial(id),
                    0,
                    false,
                    webhook,
                    Instant.now().plus(rules.ttl()));
            return uploads.insert(upload).map(upload);
        });
    }

    /** How an upload stands; one that is all there is completed, should that have failed before. */
    public Future<UploadRecord> findOrComplete(Caller caller, String id) {
        return requireOwned(caller, id)
                .compose(upload -> upload.completed()
                                || upload.direct()
                                || upload.multipart().receivedBytes() < upload.totalBytes()
                        ? Future.succeededFuture(upload)
                        : acquire(id, upload.multipart().receivedBytes()).compose(finalizer::complete));
    }

    /**
     * Adds what comes; what came is kept even if the stream breaks off, unless a checksum goes with it. The upload's job is made
     * with the last byte.
     *
     * @param offset where the caller goes on: what has come so far
     */
    public Future<UploadRecord> append(
            Caller caller, String id, long offset, Optional<ChecksumVerifier> digest, ReadStream<Buffer> body) {
        return requireOwned(caller, id)
                .compose(upload -> limiter.execute(() -> acquire(id, offset)
                        .compose(taken -> new UploadAppender(taken, uploads, store, rules, digest).run(body))
                        .compose(added -> added.multipart().receivedBytes() == added.totalBytes()
                                ? finalizer.complete(added)
                                : Future.succeededFuture(added))
                        .recover(cause -> VideoSignatureCheck.isRejection(cause)
                                ? abort(id).transform(gone -> Future.failedFuture(cause))
                                : Future.failedFuture(cause))));
    }

    /** Takes an upload back. */
    public Future<Void> terminate(Caller caller, String id) {
        return requireOwned(caller, id).compose(upload -> abort(id));
    }

    /** Takes all back that nobody goes on with; gives how many. */
    public Future<Integer> deleteExpired() {
        return uploads.findExpired()
                .compose(expired ->
                        ParallelTasks.sequentially(expired, this::delete).map(expired.size()));
    }

    Future<UploadRecord> requireOwned(Caller caller, String id) {
        return uploads.find(id).map(found -> {
            UploadRecord upload = found.orElseThrow(ResumableUploadService::unknown);
            if (!caller.canAccess(Optional.of(upload.owner()))) {
                throw new RequestRejectedException(
                        RequestRejectedException.Reason.FORBIDDEN, "The upload is not yours.");
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
                    RequestRejectedException.Reason.CONFLICT, "The upload is complete already, or gone."));
            if (upload.direct()) {
                throw new RequestRejectedException(
                        RequestRejectedException.Reason.CONFLICT, "The bytes of this upload go straight to the store.");
            }
            if (upload.multipart().receivedBytes() != offset) {
                throw new RequestRejectedException(
                        RequestRejectedException.Reason.CONFLICT,
                        "The upload goes on at byte " + upload.multipart().receivedBytes() + ", not at " + offset
                                + ".");
            }
            return upload;
        });
    }

    private Future<Void> abort(String id) {
        return uploads.acquire(id).compose(found -> found.map(this::delete).orElseGet(Future::succeededFuture));
    }

    private Future<Void> delete(UploadRecord upload) {
        return uploads.delete(upload)
                .compose(struck ->
                        struck && !upload.completed() ? finalizer.deleteObject(upload) : Future.succeededFuture());
    }

    private static RequestRejectedException unknown() {
        return new RequestRejectedException(
                RequestRejectedException.Reason.NOT_FOUND, "There is no upload of this id.");
    }
}
