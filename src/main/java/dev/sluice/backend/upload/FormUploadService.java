package dev.sluice.backend.upload;

import dev.sluice.backend.job.Caller;
import dev.sluice.backend.job.JobSubmissionService;
import dev.sluice.backend.job.NewVideo;
import dev.sluice.backend.job.RequestRejectedException;
import dev.sluice.job.JobException;
import dev.sluice.media.FileSignature;
import dev.sluice.message.StagedJob;
import dev.sluice.objectstore.s3.MultipartUploads;
import dev.sluice.persistence.job.JobCreation;
import dev.sluice.webhook.WebhookUrl;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Videos that pass through this process on their way into the store, never whole in memory and never on disk. The job is made
 * when the object is there; an upload that fails leaves nothing. Futures fail with a {@link RequestRejectedException} when the caller gets a no.
 */
public final class FormUploadService {
    private static final Logger LOG = LoggerFactory.getLogger(FormUploadService.class);
    /** What we know of the type before the probe. */
    static final String CONTENT_TYPE = "application/octet-stream";

    private final MultipartUploads store;
    private final JobSubmissionService submission;
    private final int partSize;
    private final long maxBytes;
    private final UploadLimiter limiter;

    /**
     * Takes uploads.
     *
     * @param partSize bytes in memory for each
     * @param maxBytes the largest video
     */
    public FormUploadService(
            MultipartUploads store,
            JobSubmissionService submission,
            long partSize,
            long maxBytes,
            UploadLimiter limiter) {
        this.store = store;
        this.submission = submission;
        this.partSize = Math.toIntExact(partSize);
        this.maxBytes = maxBytes;
        this.limiter = limiter;
    }

    /**
     * Stores a video and makes its job.
     *
     * @param name as its owner calls it
     * @param webhook who else is to be told how the job ends
     * @param body paused
     */
    public Future<StagedJob> upload(Caller caller, String name, Optional<WebhookUrl> webhook, ReadStream<Buffer> body) {
        return limiter.execute(() -> store(NewVideo.create(NewVideo.sanitizeFilename(name), caller.subject()), body)
                .compose(job -> submission.create(JobCreation.forNewMedia(job, webhook)).map(job)));
    }

    static boolean isNotAVideo(Throwable cause) {
        return cause instanceof RequestRejectedException rejection
                && rejection.reason() == RequestRejectedException.Reason.NOT_A_VIDEO;
    }

    /** Refuses what certainly is no video, by its first bytes. */
    static Future<Void> checkSignature(ByteBuffer first) {
        byte[] head = new byte[Math.min(FileSignature.LENGTH, first.remaining())];
        first.duplicate().get(head);
        return head.length == 0
                ? Future.failedFuture(
                        new RequestRejectedException(RequestRejectedException.Reason.NOT_A_VIDEO, "The file is empty."))
                : FileSignature.reject(head)
                        .map(JobException::message)
                        .map(sentence -> Future.<Void>failedFuture(
                                new RequestRejectedException(RequestRejectedException.Reason.NOT_A_VIDEO, sentence)))
                        .orElseGet(Future::succeededFuture);
    }

    private Future<StagedJob> store(NewVideo video, ReadStream<Buffer> body) {
        MultipartObjectWriter object = new MultipartObjectWriter(store, video.key());
        PartSplitter parts = new PartSplitter(partSize, new byte[0], maxBytes, object::writePart, bytes -> {});
        return parts.drain(body)
                .compose(all -> object.complete(parts.remainder()))
                .map(stored -> video.toJob(parts.byteCount()))
                .recover(cause -> object.abort()
                        .onFailure(left -> LOG.atWarn()
                                .addKeyValue("key", video.key())
                                .addKeyValue("error", String.valueOf(left.getMessage()))
                                .log("an upload that failed could not be taken back"))
                        .transform(aborted -> Future.failedFuture(cause)));
    }
}
