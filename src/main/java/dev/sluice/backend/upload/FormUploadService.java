package dev.sluice.backend.upload;

import dev.sluice.backend.job.Caller;
import dev.sluice.backend.job.JobOptions;
import dev.sluice.backend.job.JobSubmissionService;
import dev.sluice.backend.job.NewVideo;
import dev.sluice.backend.job.RequestRejectedException;
import dev.sluice.message.StagedJob;
import dev.sluice.objectstore.s3.MultipartUploads;
import dev.sluice.persistence.job.JobCreation;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Uploads in one request, streamed to the object store with one part in memory and none on disk. The job is created after the
 * object is complete; a failed upload is deleted. Futures fail with {@link RequestRejectedException} if the request is rejected.
 */
public final class FormUploadService {
    private static final Logger LOG = LoggerFactory.getLogger(FormUploadService.class);

    private final MultipartUploads store;
    private final JobSubmissionService submission;
    private final int partSize;
    private final long maxBytes;
    private final UploadLimiter limiter;
    private final UploadMetrics metrics;

    /**
     * @param partSize in bytes; memory of each upload
     * @param maxBytes maximum size of a video
     */
    public FormUploadService(
            MultipartUploads store,
            JobSubmissionService submission,
            long partSize,
            long maxBytes,
            UploadLimiter limiter,
            UploadMetrics metrics) {
        this.store = store;
        this.submission = submission;
        this.partSize = Math.toIntExact(partSize);
        this.maxBytes = maxBytes;
        this.limiter = limiter;
        this.metrics = metrics;
    }

    /**
     * Stores a video and creates its job.
     *
     * @param name the file name given by the client
     * @param options of the job
     * @param body paused
     */
    public Future<StagedJob> upload(Caller caller, String name, JobOptions options, ReadStream<Buffer> body) {
        return limiter.execute(
                caller.subject(),
                () -> metrics.count(
                        UploadMetrics.Kind.FORM,
                        submission
                                .checkQuota(caller)
                                .compose(allowed ->
                                        store(NewVideo.create(NewVideo.sanitizeFilename(name), caller.subject()), body))
                                .map(job -> job.withProfile(options.profile()))
                                .compose(job -> submission
                                        .create(JobCreation.forNewMedia(job, options.webhook()))
                                        .map(job))));
    }

    private Future<StagedJob> store(NewVideo video, ReadStream<Buffer> body) {
        MultipartObjectWriter object = new MultipartObjectWriter(store, video.key());
        PartSplitter parts = new PartSplitter(partSize, new byte[0], maxBytes, object::writePart, bytes -> {});
        return parts.drain(body)
                .compose(drained -> object.complete(parts.remainder()))
                .map(stored -> video.toJob(parts.byteCount()))
                .recover(cause -> object.abort()
                        .onFailure(failure -> LOG.atWarn()
                                .addKeyValue("key", video.key())
                                .addKeyValue("error", String.valueOf(failure.getMessage()))
                                .log("failed upload could not be deleted"))
                        .transform(aborted -> Future.failedFuture(cause)));
    }
}
