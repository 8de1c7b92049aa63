package dev.sluice.app;

import dev.sluice.backend.admin.HealthCheck;
import dev.sluice.backend.admin.ProcessStatus;
import dev.sluice.broker.QueueInspector;
import dev.sluice.broker.Topology;
import dev.sluice.config.RabbitMqConfig;
import dev.sluice.config.StageConfig;
import dev.sluice.job.StageName;
import dev.sluice.monitoring.MonitoringVerticle;
import dev.sluice.persistence.progress.ProgressRepository;
import dev.sluice.persistence.recovery.FinalRowRepository;
import dev.sluice.persistence.recovery.LostMessageRepository;
import dev.sluice.pipeline.DeliveryHandler;
import dev.sluice.pipeline.StageVerticle;
import dev.sluice.pipeline.maintenance.CleanupVerticle;
import dev.sluice.pipeline.maintenance.FinalRowCheck;
import dev.sluice.pipeline.maintenance.RecoveryVerticle;
import dev.sluice.pipeline.request.RequestDecoder;
import dev.sluice.pipeline.request.SingleDeliveryRequestHandler;
import dev.sluice.pipeline.request.StagedRequestHandler;
import dev.sluice.pipeline.run.Handoff;
import dev.sluice.pipeline.run.StageRoute;
import dev.sluice.publisher.PublisherVerticle;
import dev.sluice.routing.StageMessages;
import dev.sluice.stage.Stage;
import io.vertx.core.WorkerExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The architecture on one screen. A video passes the routes from top to bottom: each stage consumes its queue, processes the
 * message, commits the result together with the message to the next stage, and only then acknowledges. The publisher
 * publishes what was committed.
 */
public final class Pipeline {
    public static final String PUBLISHER = "publisher";
    static final String MONITORING = "monitoring";
    static final String RECOVERY = "recovery";
    static final String CLEANUP = "cleanup";
    static final String REQUESTS = Handoff.REQUESTS;

    private final Services services;
    private final RabbitMqConfig broker;

    Pipeline(Services services) {
        this.services = services;
        this.broker = services.config().rabbitmq();
    }

    private List<StageRoute> routes(WorkerExecutor workers) {
        StageFactory stages = new StageFactory(services, workers);
        return List.of(
                // video.processing.download
                route(stages.download(), Optional.of(StageName.PROCESSING)),
                // video.processing.processing; a long video continues in tasks, with SEGMENT, instead
                route(stages.processing(), Optional.of(StageName.UPLOAD)),
                // video.processing.segments; JOIN after the last task of the job
                route(stages.segment(), Optional.of(StageName.JOIN)),
                // video.processing.joins
                route(stages.join(), Optional.of(StageName.UPLOAD)),
                // video.processing.upload
                route(stages.upload(), Optional.empty()));
    }

    private StageRoute route(Stage stage, Optional<StageName> next) {
        return new StageRoute(stage, next, services.config().stage(stage.name()).retries());
    }

    /** The verticles of this process in the order of deployment; they are undeployed in the opposite order. */
    List<VerticleDeployment> deployments() {
        List<VerticleDeployment> deployments = new ArrayList<>();
        // First: its probes answer while the others are deployed.
        if (services.config().monitoring().enabled()) {
            deployments.add(VerticleDeployment.single(MONITORING, this::monitoring));
        }
        deployments.add(VerticleDeployment.single(PUBLISHER, this::publisher));
        deployments.add(VerticleDeployment.single(RECOVERY, this::recovery));
        deployments.add(VerticleDeployment.single(
                CLEANUP,
                () -> new CleanupVerticle(
                        services.runServices().jobCleanup(),
                        services.growingStreamPublisher(),
                        services.config().workspace().cleanupInterval())));
        for (StageName stage : StageName.values()) {
            StageConfig config = services.config().stage(stage);
            deployments.add(new VerticleDeployment(
                    stage.key(),
                    config.instances(),
                    config.concurrency(),
                    workers -> new StageVerticle(
                            routeOf(stage, workers), config.concurrency(), broker, services.runServices())));
        }
        if (services.config().consumers().requests().enabled()) {
            deployments.add(new VerticleDeployment(REQUESTS, 1, requestConcurrency(), this::requests));
        }
        deployments.addAll(services.backend().deployments(services));
        return deployments;
    }

    private StageRoute routeOf(StageName stage, WorkerExecutor workers) {
        return routes(workers).stream()
                .filter(route -> route.name() == stage)
                .findFirst()
                .orElseThrow();
    }

    private MonitoringVerticle monitoring() {
        return new MonitoringVerticle(
                services.config().monitoring(),
                services.metrics(),
                services.backlog(),
                new ProcessStatus(
                        new HealthCheck(
                                services.backend().queries(),
                                services.storage().objectStore(),
                                new QueueInspector(services.backend().vertx(), broker)),
                        services.process()));
    }

    private PublisherVerticle publisher() {
        return new PublisherVerticle(
                broker,
                services.config().updates(),
                services.runServices().runs().outbox(),
                new ProgressRepository(services.storage().database()),
                services.runServices().steps());
    }

    private RecoveryVerticle recovery() {
        return new RecoveryVerticle(
                new LostMessageRepository(services.storage().database(), StageMessages::resend),
                services.repositories().pendingJobs(),
                new FinalRowCheck(
                        new FinalRowRepository(
                                services.storage().database(),
                                services.storage().tables()),
                        services.config().updates().rowCheckDelay()),
                broker,
                services.config().delivery(),
                services.runServices().publisher());
    }

    private int requestConcurrency() {
        return switch (services.config().consumers().requests().mode()) {
            case STAGED -> StagedRequestHandler.CONCURRENCY;
            case SINGLE_STAGE -> services.config().stage(StageName.PROCESSING).concurrency();
        };
    }

    /** Requests of the legacy flow: each becomes a staged job, or passes all stages under its one delivery. */
    private StageVerticle requests(WorkerExecutor workers) {
        RequestDecoder decoder = new RequestDecoder(services.repositories().requests(), services.runServices());
        DeliveryHandler deliveries =
                switch (services.config().consumers().requests().mode()) {
                    case STAGED ->
                        new StagedRequestHandler(services.repositories().requests(), decoder, services.runServices());
                    case SINGLE_STAGE ->
                        new SingleDeliveryRequestHandler(routes(workers), decoder, services.runServices());
                };
        return new StageVerticle(
                services.runServices().metrics().deliveries(REQUESTS),
                REQUESTS,
                Topology.REQUESTS_QUEUE,
                requestConcurrency(),
                broker,
                deliveries);
    }
}
