package dev.sluice;

import dev.sluice.backend.DeadLetters;
import dev.sluice.backend.Identity;
import dev.sluice.backend.JobControl;
import dev.sluice.backend.JobSubmission;
import dev.sluice.backend.MediaJobs;
import dev.sluice.backend.UpdatesVerticle;
import dev.sluice.backend.Uploads;
import dev.sluice.config.BackendConfig;
import dev.sluice.http.ApiServices;
import dev.sluice.http.ApiVerticle;
import dev.sluice.store.Database;
import dev.sluice.store.Interventions;
import dev.sluice.store.JobRecords;
import dev.sluice.store.Reports;
import dev.sluice.store.UserTables;
import dev.sluice.update.UpdateBus;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.List;

/** What only the backend half needs. */
record BackendServices(Vertx vertx, Interventions interventions, JobRecords records, Reports reports) {
    private static final String UPDATES = "updates";
    private static final String API = "api";

    static BackendServices open(Vertx vertx, Database database, UserTables tables) {
        return new BackendServices(
                vertx,
                new Interventions(database, tables, UpdateBus::inOutbox),
                new JobRecords(database, tables),
                new Reports(database, tables));
    }

    /** Its verticles; none where it is off. */
    List<Pipeline.Part> parts(Services services) {
        return services.config().backend().enabled()
                ? List.of(
                        new Pipeline.Part(UPDATES, 1, () -> updates(services)),
                        new Pipeline.Part(API, 1, () -> api(services)))
                : List.of();
    }

    private UpdatesVerticle updates(Services services) {
        return new UpdatesVerticle(
                services.config().rabbitmq(), reports, services.tools().outbox(), announce(services));
    }

    private ApiVerticle api(Services services) {
        Runnable announce = announce(services);
        JobControl control = new JobControl(interventions, services.tools().worker(), announce);
        JobSubmission submission = new JobSubmission(services.blobs(), services.jobs(), announce);
        BackendConfig config = services.config().backend();
        return new ApiVerticle(
                config,
                services.config().rabbitmq(),
                new ApiServices(
                        new MediaJobs(records, submission, services.blobs(), config.mediaOwnerColumn()),
                        records,
                        control,
                        new DeadLetters(
                                vertx,
                                services.config().rabbitmq(),
                                services.tools().outbox(),
                                control),
                        new Uploads(
                                services.blobs().multipart(),
                                submission,
                                config.mediaOwnerColumn(),
                                services.config().s3().partSize(),
                                services.config().media().limits().maxBytes(),
                                config.uploadsAtOnce()),
                        services.blobs(),
                        services.blobs().links(),
                        new Identity(Version.current(), Instant.now())));
    }

    private static Runnable announce(Services services) {
        return services.tools().updates()::outboxHasRows;
    }
}
