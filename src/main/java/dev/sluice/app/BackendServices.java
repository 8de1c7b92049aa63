package dev.sluice.app;

import dev.sluice.backend.admin.AdminServices;
import dev.sluice.backend.admin.BacklogHistory;
import dev.sluice.backend.admin.DeadLetterService;
import dev.sluice.backend.admin.FleetService;
import dev.sluice.backend.job.JobControlService;
import dev.sluice.backend.job.JobOptionsResolver;
import dev.sluice.backend.job.JobSchedulerVerticle;
import dev.sluice.backend.job.JobSubmissionService;
import dev.sluice.backend.job.MediaJobService;
import dev.sluice.backend.stream.OutputUrls;
import dev.sluice.backend.stream.SignedStreamService;
import dev.sluice.backend.stream.StreamDocumentSigner;
import dev.sluice.backend.update.EventTicketService;
import dev.sluice.backend.update.UpdateConsumerVerticle;
import dev.sluice.backend.upload.DirectUploadService;
import dev.sluice.backend.upload.FormUploadService;
import dev.sluice.backend.upload.PresignedUrlService;
import dev.sluice.backend.upload.ResumableUploadService;
import dev.sluice.backend.upload.UploadFinalizer;
import dev.sluice.backend.upload.UploadLimiter;
import dev.sluice.backend.webhook.HttpWebhookTransport;
import dev.sluice.backend.webhook.WebhookDeliveryVerticle;
import dev.sluice.config.BackendConfig;
import dev.sluice.config.WebhooksConfig;
import dev.sluice.config.value.Secret;
import dev.sluice.http.ApiServices;
import dev.sluice.http.HttpApiVerticle;
import dev.sluice.objectstore.s3.MultipartUploads;
import dev.sluice.persistence.control.JobCancellation;
import dev.sluice.persistence.control.JobRetry;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.growing.GrowingStreamRepository;
import dev.sluice.persistence.job.BacklogRepository;
import dev.sluice.persistence.job.JobQueryRepository;
import dev.sluice.persistence.job.ReceivedUpdateRepository;
import dev.sluice.persistence.job.WaitingJobRepository;
import dev.sluice.persistence.outbox.OutboxNotifier;
import dev.sluice.persistence.ticket.EventTicketRepository;
import dev.sluice.persistence.upload.UploadQuota;
import dev.sluice.persistence.upload.UploadRepository;
import dev.sluice.persistence.usertable.UserTables;
import dev.sluice.persistence.webhook.WebhookDeliveryRepository;
import dev.sluice.persistence.webhook.WebhookSubscriptions;
import dev.sluice.persistence.worker.WorkerRegistry;
import dev.sluice.routing.StageMessages;
import dev.sluice.routing.UpdateMessages;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;

/** Services of the backend: updates consumer, webhooks and HTTP API. */
record BackendServices(
        Vertx vertx,
        JobCancellation cancellation,
        JobRetry retry,
        JobQueryRepository queries,
        ReceivedUpdateRepository receivedUpdates,
        WebhookDeliveryRepository deliveries,
        BackendMetrics metrics) {
    static final String UPDATES = "updates";
    static final String API = "api";
    static final String WEBHOOKS = "webhooks";
    static final String SCHEDULER = "scheduler";

    static BackendServices open(
            Vertx vertx, Database database, UserTables tables, WebhooksConfig webhooks, BackendMetrics metrics) {
        return new BackendServices(
                vertx,
                new JobCancellation(database, tables, UpdateMessages::toOutbox),
                new JobRetry(database, tables),
                new JobQueryRepository(database, tables),
                new ReceivedUpdateRepository(database, tables, new WebhookSubscriptions(webhooks)),
                new WebhookDeliveryRepository(database),
                metrics);
    }

    /** The verticles of the backend; empty if it is disabled. */
    List<VerticleDeployment> deployments(Services services) {
        BackendConfig config = services.config().backend();
        if (!config.enabled()) {
            return List.of();
        }
        return List.of(
                VerticleDeployment.single(UPDATES, () -> updates(services)),
                new VerticleDeployment(WEBHOOKS, config.webhooks().enabled() ? 1 : 0, 0, workers -> webhooks(services)),
                VerticleDeployment.single(SCHEDULER, () -> scheduler(services)),
                VerticleDeployment.single(API, () -> api(services)));
    }

    private UpdateConsumerVerticle updates(Services services) {
        return new UpdateConsumerVerticle(
                services.config().rabbitmq(),
                receivedUpdates,
                services.runServices().runs().outbox(),
                outboxNotifier(services));
    }

    private JobSchedulerVerticle scheduler(Services services) {
        return new JobSchedulerVerticle(
                new WaitingJobRepository(services.storage().database(), StageMessages::resend),
                services.config().backend().quotas().maxRunningJobs(),
                outboxNotifier(services));
    }

    private WebhookDeliveryVerticle webhooks(Services services) {
        WebhooksConfig config = services.config().backend().webhooks();
        return new WebhookDeliveryVerticle(
                config,
                services.config().updates().outboxPollInterval(),
                deliveries,
                new HttpWebhookTransport(vertx, config.timeout()),
                Version.current(),
                metrics.webhooks());
    }

    private HttpApiVerticle api(Services services) {
        BackendConfig config = services.config().backend();
        OutboxNotifier outboxNotifier = outboxNotifier(services);
        JobControlService control = new JobControlService(
                cancellation, retry, services.runServices().worker(), outboxNotifier);
        JobSubmissionService submission = new JobSubmissionService(
                services.storage().objectStore(),
                services.repositories().jobs(),
                outboxNotifier,
                config.quotas().maxUnfinishedJobs(),
                services.tracer());
        JobOptionsResolver optionsResolver =
                new JobOptionsResolver(config.webhooks(), services.config().profiles());
        MediaJobService media = new MediaJobService(
                queries,
                submission,
                services.storage().objectStore(),
                services.storage().keys());
        DeadLetterService deadLetters = new DeadLetterService(
                vertx,
                services.config().rabbitmq(),
                services.runServices().runs().outbox(),
                control);
        UploadLimiter limiter = new UploadLimiter(
                config.uploads().maxConcurrent(), config.quotas().maxConcurrentUploads(), metrics.uploads());
        MultipartUploads store = services.storage().objectStore().multipartUploads();
        UploadFinalizer finalizer =
                new UploadFinalizer(store, services.storage().objectStore(), submission, metrics.uploads());
        ResumableUploadService.UploadLimits rules = new ResumableUploadService.UploadLimits(
                services.config().s3().partSize(),
                services.config().media().limits().maxBytes(),
                config.uploads().ttl(),
                new UploadQuota(
                        config.quotas().maxOpenUploads(),
                        config.quotas().maxOpenUploadBytes(),
                        config.quotas().maxPendingBytes(),
                        config.uploads().maxPendingBytes()));
        ResumableUploadService resumable = new ResumableUploadService(
                new UploadRepository(services.storage().database()), store, finalizer, limiter, rules);
        PresignedUrlService presignedUrls = new PresignedUrlService(
                services.storage().objectStore().presignedUrls(),
                config.presignedUrlTtl(),
                config.quotas().maxPresignedUrlsPerMinute(),
                System::nanoTime);
        return new HttpApiVerticle(
                config,
                services.config().rabbitmq(),
                new ApiServices(
                        media,
                        queries,
                        control,
                        new AdminServices(
                                deadLetters,
                                new FleetService(
                                        vertx,
                                        WorkerRegistry.of(services.storage().database())),
                                new BacklogHistory(
                                        new BacklogRepository(services.storage().database()))),
                        new FormUploadService(
                                store, submission, rules.partSize(), rules.maxBytes(), limiter, metrics.uploads()),
                        resumable,
                        new DirectUploadService(resumable, store, presignedUrls, finalizer),
                        optionsResolver,
                        new EventTicketService(
                                new EventTicketRepository(services.storage().database())),
                        services.storage().objectStore(),
                        new OutputUrls(presignedUrls, streams(services, media, presignedUrls)),
                        services.process()),
                metrics.streams());
    }

    private SignedStreamService streams(Services services, MediaJobService media, PresignedUrlService presignedUrls) {
        Storage storage = services.storage();
        return new SignedStreamService(
                media,
                storage.keys(),
                new GrowingStreamRepository(storage.database(), UpdateMessages::toOutbox),
                presignedUrls,
                new StreamDocumentSigner(vertx, storage.objectStore()),
                () -> services.config()
                        .backend()
                        .tokens()
                        .secret()
                        .map(Secret::reveal)
                        .map(Future::succeededFuture)
                        .orElseGet(() -> ClusterSecret.of(services.config(), storage.database())));
    }

    private static OutboxNotifier outboxNotifier(Services services) {
        return services.runServices().publisher()::notifyOutbox;
    }
}
