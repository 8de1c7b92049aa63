package dev.sluice.app;

import dev.sluice.backend.admin.HealthCheck;
import dev.sluice.backend.admin.ProcessStatus;
import dev.sluice.broker.QueueInspector;
import dev.sluice.broker.Topology;
import dev.sluice.config.RabbitMqConfig;
import dev.sluice.config.StageConfig;
import dev.sluice.job.StageName;
import dev.sluice.monitoring.BacklogMetrics;
import dev.sluice.monitoring.MonitoringVerticle;
import dev.sluice.persistence.job.BacklogRepository;
import dev.sluice.persistence.progress.ProgressRepository;
import dev.sluice.persistence.recovery.FinalRowRepository;
import dev.sluice.persistence.recovery.LostMessageRepository;
import dev.sluice.pipeline.StageVerticle;
import dev.sluice.pipeline.maintenance.CleanupVerticle;
import dev.sluice.pipeline.maintenance.FinalRowCheck;
import dev.sluice.pipeline.maintenance.RecoveryVerticle;
import dev.sluice.pipeline.request.RequestDecoder;
import dev.sluice.pipeline.request.SingleDeliveryRequestHandler;
import dev.sluice.pipeline.request.StagedRequestHandler;
import dev.sluice.pipeline.run.StageRoute;
import dev.sluice.publisher.PublisherVerticle;
import dev.sluice.routing.StageMessages;
import dev.sluice.stage.Stage;
import io.vertx.core.Deployable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The architecture on one screen. A video passes the routes from top to bottom: each stage consumes its queue, processes the
 * message, commits the result together with the message to the next stage, and only then acknowledges. The publisher
 * publishes what was committed.
 */
public final class Pipeline {
    public static final String PUBLISHER = "publisher";
    private static final String MONITORING = "monitoring";
    private static final String RECOVERY = "recovery";
    private static final String CLEANUP = "cleanup";
    private static final String REQUESTS = "requests";

    private final Services services;
    private final RabbitMqConfig broker;
    /** Created once, because the verticle can be deployed again. */
    private final BacklogMetrics backlog;

    Pipeline(Services services) {
        this.services = services;
        this.broker = services.config().rabbitmq();
        this.backlog = new BacklogMetrics(
                services.metrics().registry(),
                new BacklogRepository(services.storage().database()),
                new QueueInspector(services.backend().vertx(), broker));
    }

    private List<StageRoute> routes() {
        StageFactory stages = new StageFactory(services);
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
        List<StageRoute> routes = routes();
        List<VerticleDeployment> deployments = new ArrayList<>();
        // First: its probes answer while the others are deployed.
        if (services.config().monitoring().enabled()) {
            deployments.add(new VerticleDeployment(MONITORING, 1, this::monitoring));
        }
        deployments.add(new VerticleDeployment(PUBLISHER, 1, this::publisher));
        deployments.add(new VerticleDeployment(RECOVERY, 1, this::recovery));
        deployments.add(new VerticleDeployment(
                CLEANUP,
                1,
                () -> new CleanupVerticle(
                        services.runServices().jobCleanup(),
                        services.config().workspace().cleanupInterval())));
        for (StageRoute route : routes) {
            StageConfig config = services.config().stage(route.name());
            deployments.add(new VerticleDeployment(
                    route.name().key(),
                    config.instances(),
                    () -> new StageVerticle(route, config.concurrency(), broker, services.runServices())));
        }
        if (services.config().consumers().requests().enabled()) {
            deployments.add(new VerticleDeployment(REQUESTS, 1, () -> requests(routes)));
        }
        deployments.addAll(services.backend().deployments(services));
        return deployments;
    }

    private MonitoringVerticle monitoring() {
        return new MonitoringVerticle(
                services.config().monitoring(),
                services.metrics(),
                backlog,
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

    /** Requests of the legacy flow: each becomes a staged job, or passes all stages under its one delivery. */
    private StageVerticle requests(List<StageRoute> routes) {
        RequestDecoder decoder = new RequestDecoder(services.repositories().requests(), services.runServices());
        return switch (services.config().consumers().requests().mode()) {
            case STAGED ->
                new StageVerticle(
                        services.runServices().metrics().deliveries(REQUESTS),
                        REQUESTS,
                        Topology.REQUESTS_QUEUE,
                        StagedRequestHandler.CONCURRENCY,
                        broker,
                        new StagedRequestHandler(services.repositories().requests(), decoder, services.runServices()));
            case SINGLE_STAGE ->
                new StageVerticle(
                        services.runServices().metrics().deliveries(REQUESTS),
                        REQUESTS,
                        Topology.REQUESTS_QUEUE,
                        services.config().stage(StageName.PROCESSING).concurrency(),
                        broker,
                        new SingleDeliveryRequestHandler(routes, decoder, services.runServices()));
        };
    }

    /**
     * A verticle that is deployed and undeployed by name.
     *
     * @param instances 0: not on this host
     */
    record VerticleDeployment(String name, int instances, Supplier<Deployable> verticle) {}
}
