package dev.sluice.app;

import dev.sluice.broker.Topology;
import dev.sluice.config.RetryConfig;
import dev.sluice.config.StageConfig;
import dev.sluice.job.StageName;
import dev.sluice.persistence.recovery.LostMessages;
import dev.sluice.pipeline.StageVerticle;
import dev.sluice.pipeline.maintenance.JanitorVerticle;
import dev.sluice.pipeline.maintenance.RecoveryVerticle;
import dev.sluice.pipeline.request.RefusedRequests;
import dev.sluice.pipeline.request.SingleStageRequests;
import dev.sluice.pipeline.request.StagedRequests;
import dev.sluice.pipeline.run.Route;
import dev.sluice.publisher.PublisherVerticle;
import dev.sluice.routing.Outgoing;
import dev.sluice.stage.artifact.Promotion;
import dev.sluice.stage.artifact.ResultPlace;
import dev.sluice.stage.artifact.SourceFile;
import dev.sluice.stage.artifact.StagedFiles;
import dev.sluice.stage.encode.JoinStage;
import dev.sluice.stage.encode.OutputSpace;
import dev.sluice.stage.encode.PieceFiles;
import dev.sluice.stage.encode.ProcessingStage;
import dev.sluice.stage.encode.Results;
import dev.sluice.stage.encode.SegmentStage;
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

    private List<Route> routes() {
        SourceFile source = new SourceFile(
                services.blobs(),
                workspace(),
                services.sources(),
                services.config().media().limits().maxBytes());
        OutputSpace space = new OutputSpace(services.config().media());
        Results results = new Results(services.keys(), place());
        return List.of(
                new Route(
                        new DownloadStage(source, workspace(), services.prober(), services.workers()),
                        Topology.DOWNLOAD_QUEUE,
                        Optional.of(StageName.PROCESSING),
                        retries(StageName.DOWNLOAD)),
                new Route(
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
                new Route(
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
                new Route(
                        new JoinStage(
                                services.tools().runs(),
                                workspace(),
                                new PieceFiles(staged(), workspace(), services.workers()),
                                services.config().media(),
                                services.media()::join,
                                services.workers(),
                                results),
                        Topology.JOINS_QUEUE,
                        Optional.of(StageName.UPLOAD),
                        retries(StageName.JOIN)),
                new Route(
                        new UploadStage(staged(), new Promotion(services.blobs()), workspace(), services.keys()),
                        Topology.UPLOAD_QUEUE,
                        Optional.empty(),
                        retries(StageName.UPLOAD)));
    }

    private Workspace workspace() {
        return services.tools().workspace();
    }

    private ResultPlace place() {
        return switch (services.config().workspace().mode()) {
            case LOCAL -> new ResultPlace.OnDisk(workspace());
            case STORE -> new ResultPlace.InStore(staged(), workspace());
        };
    }

    private StagedFiles staged() {
        return new StagedFiles(services.blobs(), services.staging());
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
        List<Route> routes = routes();
        parts.add(new Part(RECOVERY, 1, () -> recovery(routes)));
        parts.add(new Part(
                JANITOR,
                1,
                () -> new JanitorVerticle(
                        services.tools().leftovers(),
                        services.config().workspace().sweepEvery())));
        for (Route route : routes) {
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
    private StageVerticle requests(List<Route> routes) {
        RefusedRequests refused = new RefusedRequests(services.requests(), services.tools());
        return switch (services.config().requests().mode()) {
            case STAGED ->
                new StageVerticle(
                        REQUESTS,
                        Topology.REQUESTS_QUEUE,
                        StagedRequests.CONCURRENCY,
                        services.config().rabbitmq(),
                        new StagedRequests(services.requests(), refused, services.tools()));
            case SINGLE_STAGE ->
                new StageVerticle(
                        REQUESTS,
                        Topology.REQUESTS_QUEUE,
                        services.config().stage(StageName.PROCESSING).concurrency(),
                        services.config().rabbitmq(),
                        new SingleStageRequests(SingleStageRequests.wholeOf(routes), refused, services.tools()));
        };
    }

    private RecoveryVerticle recovery(List<Route> routes) {
        return new RecoveryVerticle(
                new LostMessages(services.database(), Outgoing::lost),
                services.pending(),
                routes.stream().collect(Collectors.toUnmodifiableMap(Route::name, Route::queue)),
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
