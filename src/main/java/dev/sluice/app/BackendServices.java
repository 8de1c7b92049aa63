package dev.sluice.app;

import dev.sluice.backend.admin.DeadLetters;
import dev.sluice.backend.admin.Identity;
import dev.sluice.backend.job.JobControl;
import dev.sluice.backend.job.JobSubmission;
import dev.sluice.backend.job.MediaJobs;
import dev.sluice.backend.job.NamedReceiver;
import dev.sluice.backend.update.UpdatesVerticle;
import dev.sluice.backend.upload.DirectUploads;
import dev.sluice.backend.upload.ResumableUploads;
import dev.sluice.backend.upload.UploadCompletion;
import dev.sluice.backend.upload.UploadSlots;
import dev.sluice.backend.upload.Uploads;
import dev.sluice.backend.webhook.WebhookClient;
import dev.sluice.backend.webhook.WebhookVerticle;
import dev.sluice.config.BackendConfig;
import dev.sluice.config.WebhooksConfig;
import dev.sluice.http.ApiServices;
import dev.sluice.http.ApiVerticle;
import dev.sluice.objectstore.s3.MultipartUploads;
import dev.sluice.persistence.control.Interventions;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.job.JobRecords;
import dev.sluice.persistence.job.Reports;
import dev.sluice.persistence.upload.UploadBook;
import dev.sluice.persistence.usertable.UserTables;
import dev.sluice.persistence.webhook.WebhookDeliveries;
import dev.sluice.persistence.webhook.WebhookOrders;
import dev.sluice.publisher.UpdateBus;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.List;

/** What only the backend half needs. */
record BackendServices(
        Vertx vertx, Interventions interventions, JobRecords records, Reports reports, WebhookDeliveries deliveries) {
    private static final String UPDATES = "updates";
    private static final String API = "api";
    private static final String WEBHOOKS = "webhooks";

    static BackendServices open(Vertx vertx, Database database, UserTables tables, WebhooksConfig webhooks) {
        return new BackendServices(
                vertx,
                new Interventions(database, tables, UpdateBus::inOutbox),
                new JobRecords(database, tables),
                new Reports(database, tables, new WebhookOrders(webhooks)),
                new WebhookDeliveries(database));
    }

    /** Its verticles; none where it is off. */
    List<Pipeline.Part> parts(Services services) {
        BackendConfig config = services.config().backend();
        if (!config.enabled()) {
            return List.of();
        }
        return List.of(
                new Pipeline.Part(UPDATES, 1, () -> updates(services)),
                new Pipeline.Part(WEBHOOKS, config.webhooks().enabled() ? 1 : 0, () -> webhooks(services)),
                new Pipeline.Part(API, 1, () -> api(services)));
    }

    private UpdatesVerticle updates(Services services) {
        return new UpdatesVerticle(
                services.config().rabbitmq(), reports, services.tools().outbox(), announce(services));
    }

    private WebhookVerticle webhooks(Services services) {
        WebhooksConfig config = services.config().backend().webhooks();
        return new WebhookVerticle(
                config,
                services.config().updates().sweepEvery(),
                deliveries,
                new WebhookClient(vertx, config.timeout()),
                Version.current());
    }

    private ApiVerticle api(Services services) {
        Runnable announce = announce(services);
        JobControl control = new JobControl(interventions, services.tools().worker(), announce);
        JobSubmission submission = new JobSubmission(services.blobs(), services.jobs(), announce);
        BackendConfig config = services.config().backend();
        NamedReceiver receiver = new NamedReceiver(config.webhooks());
        MediaJobs media = new MediaJobs(records, submission, services.blobs(), config.mediaOwnerColumn(), receiver);
        DeadLetters letters = new DeadLetters(
                vertx, services.config().rabbitmq(), services.tools().outbox(), control);
        UploadSlots slots = new UploadSlots(config.uploadsAtOnce());
        MultipartUploads store = services.blobs().multipart();
        UploadCompletion completion =
                new UploadCompletion(store, services.blobs(), submission, config.mediaOwnerColumn());
        ResumableUploads.Rules rules = new ResumableUploads.Rules(
                services.config().s3().partSize(),
                services.config().media().limits().maxBytes(),
                config.uploadsKept());
        ResumableUploads resumable =
                new ResumableUploads(new UploadBook(services.database()), store, completion, slots, rules);
        return new ApiVerticle(
                config,
                services.config().rabbitmq(),
                new ApiServices(
                        media,
                        records,
                        control,
                        letters,
                        new Uploads(
                                store,
                                submission,
                                config.mediaOwnerColumn(),
                                rules.partSize(),
                                rules.maxBytes(),
                                slots),
                        resumable,
                        new DirectUploads(resumable, store, services.blobs().links(), completion, config.linkValid()),
                        receiver,
                        services.blobs(),
                        services.blobs().links(),
                        new Identity(Version.current(), Instant.now())));
    }

    private static Runnable announce(Services services) {
        return services.tools().updates()::outboxHasRows;
    }
}
