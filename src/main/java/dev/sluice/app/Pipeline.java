package dev.sluice.app;

import dev.sluice.broker.Topology;
import dev.sluice.config.RetryConfig;
import dev.sluice.config.StageConfig;
import dev.sluice.job.StageName;
import dev.sluice.persistence.recovery.LostMessageRepository;
import dev.sluice.pipeline.StageVerticle;
import dev.sluice.pipeline.maintenance.CleanupVerticle;
import dev.sluice.pipeline.maintenance.RecoveryVerticle;
import dev.sluice.pipeline.request.RequestDecoder;
import dev.sluice.pipeline.request.SingleDeliveryRequestHandler;
import dev.sluice.pipeline.request.StagedRequestHandler;
import dev.sluice.pipeline.run.StageRoute;
import dev.sluice.publisher.PublisherVerticle;
import dev.sluice.routing.StageMessages;
import dev.sluice.stage.artifact.ArtifactStore;
import dev.sluice.stage.artifact.SourceProvider;
import dev.sluice.stage.artifact.StagedObjectPromoter;
import dev.sluice.stage.artifact.StagingUploader;
import dev.sluice.stage.encode.EncodeOutputStore;
import dev.sluice.stage.encode.JoinStage;
import dev.sluice.stage.encode.OutputSizeEstimator;
import dev.sluice.stage.encode.ProcessingStage;
import dev.sluice.stage.encode.SegmentStage;
import dev.sluice.stage.encode.TaskArtifactFetcher;
import dev.sluice.stage.transfer.DownloadStage;
import dev.sluice.stage.transfer.UploadStage;
import dev.sluice.workspace.Workspace;
import io.vertx.core.Deployable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The architecture on one screen. A video goes through the rows from top to bottom: each stage takes its message from its
 * queue, does its work, commits it together with the message for the next stage, and only then acknowledges. What was
 * committed leaves through the publisher.
 */
public final class Pipeline {
    public static final String PUBLISHER = "publisher";
    private static final String RECOVERY = "recovery";
    private static final String JANITOR = "janitor";
    private static final String REQUESTS = "requests";

    private final Services services;

    Pipeline(Services services) {
        this.services = services;
    }

    private List<StageRoute> routes() {
        SourceProvider source = new SourceProvider(
                services.objectStore(),
                workspace(),
                services.sourceCache(),
                services.config().media().limits().maxBytes());
        OutputSizeEstimator sizeEstimator =
                new OutputSizeEstimator(services.config().media());
        EncodeOutputStore results = new EncodeOutputStore(services.keys(), artifactStore());
        return List.of(
                new StageRoute(
                        new DownloadStage(source, workspace(), services.prober(), services.workerPool()),
                        Optional.of(StageName.PROCESSING),
                        retries(StageName.DOWNLOAD)),
                new StageRoute(
                        new ProcessingStage(
                                source,
                                workspace(),
                                services.prober(),
                                services.encoders().segmentPlanner(),
                                services.encoders().encoder(),
                                services.encoders().speedEstimator(),
                                services.workerPool(),
                                sizeEstimator,
                                results,
                                services.threadsPerEncode(StageName.PROCESSING)),
                        // Or, for what takes longer than one delivery may: SEGMENT, in tasks.
                        Optional.of(StageName.UPLOAD),
                        retries(StageName.PROCESSING)),
                new StageRoute(
                        new SegmentStage(
                                source,
                                workspace(),
                                services.prober(),
                                services.config().media(),
                                services.encoders()::segmentEncoder,
                                services.encoders().speedEstimator(),
                                services.workerPool(),
                                sizeEstimator,
                                artifactStore(),
                                services.threadsPerEncode(StageName.SEGMENT)),
                        // After the last of a job's tasks.
                        Optional.of(StageName.JOIN),
                        retries(StageName.SEGMENT)),
                new StageRoute(
                        new JoinStage(
                                services.runServices().runs(),
                                workspace(),
                                new TaskArtifactFetcher(stagingUploader(), workspace(), services.workerPool()),
                                services.config().media(),
                                services.encoders()::concatenator,
                                services.workerPool(),
                                results),
                        Optional.of(StageName.UPLOAD),
                        retries(StageName.JOIN)),
                new StageRoute(
                        new UploadStage(
                                stagingUploader(),
                                new StagedObjectPromoter(services.objectStore()),
                                workspace(),
                                services.keys()),
                        Optional.empty(),
                        retries(StageName.UPLOAD)));
    }

    private Workspace workspace() {
        return services.runServices().workspace();
    }

    private ArtifactStore artifactStore() {
        return switch (services.config().workspace().mode()) {
            case LOCAL -> new ArtifactStore.WorkspaceArtifactStore(workspace());
            case STORE -> new ArtifactStore.ObjectArtifactStore(stagingUploader(), workspace());
        };
    }

    private StagingUploader stagingUploader() {
        return new StagingUploader(services.objectStore(), services.staging());
    }

    private RetryConfig retries(StageName stage) {
        return services.config().stage(stage).retries();
    }

    /** The verticles of this host in the order in which they go up; they come down in the opposite order. */
    List<VerticleDeployment> deployments() {
        List<VerticleDeployment> parts = new ArrayList<>();
        parts.add(new VerticleDeployment(
                PUBLISHER,
                1,
                () -> new PublisherVerticle(
                        services.config().rabbitmq(),
                        services.config().updates(),
                        services.runServices().outbox(),
                        services.runServices().runs(),
                        services.runServices().stepListener())));
        List<StageRoute> routes = routes();
        parts.add(new VerticleDeployment(RECOVERY, 1, this::recovery));
        parts.add(new VerticleDeployment(
                JANITOR,
                1,
                () -> new CleanupVerticle(
                        services.runServices().jobCleanup(),
                        services.config().workspace().cleanupInterval())));
        for (StageRoute route : routes) {
            StageConfig config = services.config().stage(route.name());
            parts.add(new VerticleDeployment(
                    route.name().key(),
                    config.instances(),
                    () -> new StageVerticle(
                            route, config.concurrency(), services.config().rabbitmq(), services.runServices())));
        }
        if (services.config().requests().enabled()) {
            parts.add(new VerticleDeployment(REQUESTS, 1, () -> requests(routes)));
        }
        parts.addAll(services.backend().deployments(services));
        return parts;
    }

    /** The older system's way in: its requests go the way of the table above, by messages or under the one that they came in. */
    private StageVerticle requests(List<StageRoute> routes) {
        RequestDecoder decoder = new RequestDecoder(services.requests(), services.runServices());
        return switch (services.config().requests().mode()) {
            case STAGED ->
                new StageVerticle(
                        REQUESTS,
                        Topology.REQUESTS_QUEUE,
                        StagedRequestHandler.CONCURRENCY,
                        services.config().rabbitmq(),
                        new StagedRequestHandler(services.requests(), decoder, services.runServices()));
            case SINGLE_STAGE ->
                new StageVerticle(
                        REQUESTS,
                        Topology.REQUESTS_QUEUE,
                        services.config().stage(StageName.PROCESSING).concurrency(),
                        services.config().rabbitmq(),
                        new SingleDeliveryRequestHandler(
                                SingleDeliveryRequestHandler.routesOfWholeJob(routes),
                                decoder,
                                services.runServices()));
        };
    }

    private RecoveryVerticle recovery() {
        return new RecoveryVerticle(
                new LostMessageRepository(services.database(), StageMessages::resend),
                services.pendingJobs(),
                services.config().rabbitmq(),
                services.config().delivery(),
                services.runServices().updates());
    }

    /**
     * A verticle that can be put up and taken down by name.
     *
     * @param instances how many of it; 0: not on this host
     */
    record VerticleDeployment(String name, int instances, Supplier<Deployable> verticle) {}
}
