package dev.sluice.backend.job;

import dev.sluice.broker.Topology;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.message.MessageCodec;
import dev.sluice.message.StagedJob;
import dev.sluice.objectstore.ObjectStore;
import dev.sluice.persistence.job.JobRepository;
import dev.sluice.persistence.outbox.OutboxMessage;
import dev.sluice.persistence.upload.UploadRecord;
import dev.sluice.webhook.WebhookUrl;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/** Makes a job of a local file: the object first, then the job's row together with the message that starts it. */
public final class JobSubmissionService {
    private final ObjectStore objectStore;
    private final JobRepository jobs;
    private final Runnable outboxNotifier;

    /**
     * Makes jobs for workers that run elsewhere; they find the message with their next sweep.
     */
    public JobSubmissionService(ObjectStore objectStore, JobRepository jobs) {
        this(objectStore, jobs, () -> {});
    }

    /**
     * Makes jobs.
     *
     * @param announce tells a publisher that a message waits in the outbox
     */
    public JobSubmissionService(ObjectStore objectStore, JobRepository jobs, Runnable outboxNotifier) {
        this.objectStore = objectStore;
        this.jobs = jobs;
        this.outboxNotifier = outboxNotifier;
    }

    /**
     * Uploads {@code file} and creates its job.
     *
     * @param userId whose video it is
     */
    public Future<StagedJob> submit(Path file, String userId, ProgressListener uploaded) {
        return upload(file, userId, uploaded).compose(this::create);
    }

    /** Uploads {@code file} and prepares its job, which nobody knows of before {@link #create}. */
    public Future<StagedJob> upload(Path file, String userId, ProgressListener uploaded) {
        NewVideo video = NewVideo.create(String.valueOf(file.getFileName()), userId);
        return objectStore
                .upload(video.key(), file, "application/octet-stream", uploaded, new CancellationToken())
                .map(stored -> video.toJob(stored.size()));
    }

    /** Makes the job known and has the message sent that starts it. */
    public Future<StagedJob> create(StagedJob job) {
        return jobs.create(job, first(job))
                .onSuccess(made -> outboxNotifier.run())
                .map(job);
    }

    /**
     * The same of a medium that is new as well: its row is made, too, where there is a table for it.
     *
     * @param ownerColumn the column of the media table that says whose a medium is
     * @param webhook who is to be told how the job ends
     */
    public Future<StagedJob> createWithMedia(StagedJob job, String ownerColumn, Optional<WebhookUrl> webhook) {
        return jobs.createWithMedia(job, first(job), ownerColumn, webhook)
                .onSuccess(made -> outboxNotifier.run())
                .map(job);
    }

    /** The same for an upload that is complete, once only; gives whether there still is such an upload. */
    public Future<Boolean> createForUpload(StagedJob job, String ownerColumn, UploadRecord upload) {
        return jobs.createForUpload(job, first(job), ownerColumn, upload).onSuccess(made -> outboxNotifier.run());
    }

    /** The same, unless a job of its medium is under way; gives the id of the one that is. */
    Future<JobId> createUnlessActive(StagedJob job, Optional<WebhookUrl> webhook) {
        return jobs.createUnlessActive(job, first(job), webhook).onSuccess(made -> outboxNotifier.run());
    }

    private static OutboxMessage first(StagedJob job) {
        return new OutboxMessage(
                Topology.PROCESSING_EXCHANGE,
                StageName.DOWNLOAD.key(),
                MessageCodec.encode(job),
                new JsonObject(),
                UUID.randomUUID().toString(),
                Optional.empty(),
                Duration.ZERO);
    }
}
