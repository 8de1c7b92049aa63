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
import java.util.stream.Collectors;

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
                services.blobs(),
                workspace(),
                services.sources(),
                services.config().media().limits().maxBytes());
        OutputSizeEstimator space = new OutputSizeEstimator(services.config().media());
        EncodeOutputStore results = new EncodeOutputStore(services.keys(), place());
        return List.of(
                new StageRoute(
                        new DownloadStage(source, workspace(), services.prober(), services.workers()),
                        Topology.DOWNLOAD_QUEUE,
                        Optional.of(StageName.PROCESSING),
                        retries(StageName.DOWNLOAD)),
                new StageRoute(
                        new ProcessingStage(
                                source,
                                workspace(),
                                services.prober(),
                                services.media().planner(),
                                services.media().encoder(),
                                services.media().speed(),
                                services.workers(),
                                space,
                                results,
                                services.ffmpegThreads(StageName.PROCESSING)),
                        Topology.PROCESSING_QUEUE,
                        // Or, for what takes longer than one delivery may: SEGMENT, in tasks.
                        Optional.of(StageName.UPLOAD),
                        retries(StageName.PROCESSING)),
                new StageRoute(
                        new SegmentStage(
                                source,
                                workspace(),
                                services.prober(),
                                services.config().media(),
                                services.media()::segments,
                                services.media().speed(),
                                services.workers(),
                                space,
                                place(),
                                services.ffmpegThreads(StageName.SEGMENT)),
                        Topology.SEGMENTS_QUEUE,
                        // After the last of a job's tasks.
                        Optional.of(StageName.JOIN),
                        retries(StageName.SEGMENT)),
                new StageRoute(
                        new JoinStage(
                                services.tools().runs(),
                                workspace(),
                                new TaskArtifactFetcher(staged(), workspace(), services.workers()),
                                services.config().media(),
                                services.media()::join,
                                services.workers(),
                                results),
                        Topology.JOINS_QUEUE,
                        Optional.of(StageName.UPLOAD),
                        retries(StageName.JOIN)),
                new StageRoute(
                        new UploadStage(
                                staged(), new StagedObjectPromoter(services.blobs()), workspace(), services.keys()),
                        Topology.UPLOAD_QUEUE,
                        Optional.empty(),
                        retries(StageName.UPLOAD)));
    }

    private Workspace workspace() {
        return services.tools().workspace();
    }

    private ArtifactStore place() {
        return switch (services.config().workspace().mode()) {
            case LOCAL -> new ArtifactStore.OnDisk(workspace());
            case STORE -> new ArtifactStore.InStore(staged(), workspace());
        };
    }

    private StagingUploader staged() {
        return new StagingUploader(services.blobs(), services.staging());
    }

    private RetryConfig retries(StageName stage) {
        return services.config().stage(stage).retries();
    }

    /** The verticles of this host in the order in which they go up; they come down in the opposite order. */
    List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        parts.add(new Part(
                PUBLISHER,
                1,
                () -> new PublisherVerticle(
                        services.config().rabbitmq(),
                        services.config().updates(),
                        services.tools().outbox(),
                        services.tools().runs(),
                        services.tools().milestones())));
        List<StageRoute> routes = routes();
        parts.add(new Part(RECOVERY, 1, () -> recovery(routes)));
        parts.add(new Part(
                JANITOR,
                1,
                () -> new CleanupVerticle(
                        services.tools().leftovers(),
                        services.config().workspace().sweepEvery())));
        for (StageRoute route : routes) {
            StageConfig config = services.config().stage(route.name());
            parts.add(new Part(
                    route.name().key(),
                    config.instances(),
                    () -> new StageVerticle(
                            route, config.concurrency(), services.config().rabbitmq(), services.tools())));
        }
        if (services.config().requests().enabled()) {
            parts.add(new Part(REQUESTS, 1, () -> requests(routes)));
        }
        parts.addAll(services.backend().parts(services));
        return parts;
    }

    /** The older system's way in: its requests go the way of the table above, by messages or under the one that they came in. */
    private StageVerticle requests(List<StageRoute> routes) {
        RequestDecoder refused = new RequestDecoder(services.requests(), services.tools());
        return switch (services.config().requests().mode()) {
            case STAGED ->
                new StageVerticle(
                        REQUESTS,
                        Topology.REQUESTS_QUEUE,
                        StagedRequestHandler.CONCURRENCY,
                        services.config().rabbitmq(),
                        new StagedRequestHandler(services.requests(), refused, services.tools()));
            case SINGLE_STAGE ->
                new StageVerticle(
                        REQUESTS,
                        Topology.REQUESTS_QUEUE,
                        services.config().stage(StageName.PROCESSING).concurrency(),
                        services.config().rabbitmq(),
                        new SingleDeliveryRequestHandler(
                                SingleDeliveryRequestHandler.wholeOf(routes), refused, services.tools()));
        };
    }

    private RecoveryVerticle recovery(List<StageRoute> routes) {
        return new RecoveryVerticle(
                new LostMessageRepository(services.database(), StageMessages::lost),
                services.pending(),
                routes.stream().collect(Collectors.toUnmodifiableMap(StageRoute::name, StageRoute::queue)),
                services.config().rabbitmq(),
                services.config().delivery(),
                services.tools().updates());
    }

    /**
     * A verticle that can be put up and taken down by name.
     *
     * @param instances how many of it; 0: not on this host
     */
    record Part(String name, int instances, Supplier<Deployable> verticle) {}
}
