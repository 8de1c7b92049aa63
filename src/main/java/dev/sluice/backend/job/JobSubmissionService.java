package dev.sluice.backend.job;

import dev.sluice.broker.Topology;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.common.tracing.Span;
import dev.sluice.common.tracing.Tracer;
import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.message.StagedJob;
import dev.sluice.objectstore.ObjectStore;
import dev.sluice.persistence.job.JobCreation;
import dev.sluice.persistence.job.JobRepository;
import dev.sluice.persistence.outbox.OutboxNotifier;
import dev.sluice.routing.StageMessages;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** Uploads local files and creates jobs, each together with the message that starts it. */
public final class JobSubmissionService {
    private final ObjectStore objectStore;
    private final JobRepository jobs;
    private final OutboxNotifier outboxNotifier;
    private final int maxUnfinishedPerUser;
    private final Tracer tracer;

    /** For workers in other processes, which find the message with their next poll of the outbox. */
    public JobSubmissionService(ObjectStore objectStore, JobRepository jobs) {
        this(objectStore, jobs, () -> {}, Integer.MAX_VALUE, Tracer.NONE);
    }

    /**
     * For workers of any process.
     *
     * @param maxUnfinishedPerUser jobs of each user of the API that wait or run
     * @param tracer begins the traces of jobs, or continues those of HTTP clients
     */
    public JobSubmissionService(
            ObjectStore objectStore,
            JobRepository jobs,
            OutboxNotifier outboxNotifier,
            int maxUnfinishedPerUser,
            Tracer tracer) {
        this.objectStore = objectStore;
        this.jobs = jobs;
        this.outboxNotifier = outboxNotifier;
        this.maxUnfinishedPerUser = maxUnfinishedPerUser;
        this.tracer = tracer;
    }

    /** Uploads {@code file} and creates its job, owned by {@code userId}. */
    public Future<StagedJob> submit(Path file, String userId, ProgressListener uploaded) {
        return upload(file, userId, uploaded)
                .compose(job -> create(JobCreation.of(job)).map(job));
    }

    /** Uploads {@code file} and prepares its job, which exists only after {@link #create}. */
    public Future<StagedJob> upload(Path file, String userId, ProgressListener uploaded) {
        NewVideo video = NewVideo.create(String.valueOf(file.getFileName()), userId);
        return objectStore
                .upload(video.key(), file, "application/octet-stream", uploaded, new CancellationToken())
                .map(stored -> video.toJob(stored.size()));
    }

    /** Fails with {@link RequestRejectedException} if the user must not begin another job now. */
    public Future<Void> checkQuota(Caller caller) {
        return jobs.countUnfinished(caller.subject())
                .compose(count -> count < maxUnfinishedPerUser
                        ? Future.succeededFuture()
                        : Future.failedFuture(new RequestRejectedException(
                                RequestRejectedException.Reason.QUOTA_EXCEEDED,
                                "The unfinished jobs of one user are limited to " + maxUnfinishedPerUser
                                        + ". Retry when one has ended.")));
    }

    /** Creates a job as {@link JobRepository#create} does, with the message that starts it. */
    public Future<Optional<JobId>> create(JobCreation creation) {
        Span span = tracer.start("create job", Span.Kind.PRODUCER, tracer.current(), Instant.now())
                .with("messaging.system", "rabbitmq")
                .with("messaging.destination.name", Topology.queueOf(StageName.DOWNLOAD))
                .with("messaging.operation.type", "create")
                .with("sluice.job.id", creation.job().id().value());
        JobCreation traced = span.position().map(creation::withTraceParent).orElse(creation);
        return span.until(jobs.create(traced, StageMessages.toStage(StageName.DOWNLOAD, traced.job())))
                .onSuccess(created -> outboxNotifier.notifyOutbox());
    }
}
