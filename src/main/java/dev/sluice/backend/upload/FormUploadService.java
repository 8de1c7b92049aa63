package dev.sluice.backend.upload;

import dev.sluice.backend.job.Caller;
import dev.sluice.backend.job.JobSubmissionService;
import dev.sluice.backend.job.NewVideo;
import dev.sluice.backend.job.RequestRejectedException;
import dev.sluice.message.StagedJob;
import dev.sluice.objectstore.s3.MultipartUploads;
import dev.sluice.persistence.job.JobCreation;
import dev.sluice.webhook.WebhookUrl;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Videos that pass through this process on their way into the store, never whole in memory and never on disk. The job is made
 * when the object is there; an upload that fails leaves nothing. Futures fail with a {@link RequestRejectedException} when the caller gets a no.
 */
public final class FormUploadService {
    private static final Logger LOG = LoggerFactory.getLogger(FormUploadService.class);

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
                .compose(job ->
                        submission.create(JobCreation.forNewMedia(job, webhook)).map(job)));
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
