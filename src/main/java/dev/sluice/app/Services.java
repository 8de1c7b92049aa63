package dev.sluice.app;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.MediaConfig;
import dev.sluice.config.SluiceConfig;
import dev.sluice.config.StageConfig;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.probe.CachingMediaProber;
import dev.sluice.ffmpeg.probe.MediaProber;
import dev.sluice.job.DeliveryStepListener;
import dev.sluice.job.StageName;
import dev.sluice.media.rendition.EncodeSpeedEstimator;
import dev.sluice.objectstore.OutputKeys;
import dev.sluice.objectstore.StagingArea;
import dev.sluice.objectstore.s3.S3ObjectStore;
import dev.sluice.persistence.control.CancellationListener;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.job.JobRepository;
import dev.sluice.persistence.job.RequestRepository;
import dev.sluice.persistence.outbox.Outbox;
import dev.sluice.persistence.recovery.PartialOutputRepository;
import dev.sluice.persistence.recovery.PendingJobRepository;
import dev.sluice.persistence.recovery.StaleArtifactRepository;
import dev.sluice.persistence.run.RunRepository;
import dev.sluice.persistence.usertable.UserTables;
import dev.sluice.pipeline.lease.CancelledJobHandler;
import dev.sluice.pipeline.lease.LeaseRenewer;
import dev.sluice.pipeline.maintenance.JobCleanup;
import dev.sluice.pipeline.metrics.RunMetricsRegistry;
import dev.sluice.pipeline.run.RunServices;
import dev.sluice.publisher.PublisherClient;
import dev.sluice.routing.StageMessages;
import dev.sluice.workspace.SourceCache;
import dev.sluice.workspace.Workspace;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the verticles of one process share: opened before the first of them starts, closed after the last has stopped. */
record Services(
        SluiceConfig config,
        Database database,
        JobRepository jobs,
        PendingJobRepository pendingJobs,
        S3ObjectStore objectStore,
        StagingArea staging,
        OutputKeys keys,
        CachingMediaProber prober,
        EncoderFactory encoders,
        SourceCache sourceCache,
        WorkerExecutor workerPool,
        RunServices runServices,
        BackendServices backend,
        RequestRepository requests,
        CancellationListener cancellationListener) {

    private static final Logger LOG = LoggerFactory.getLogger(Services.class);
    /** Longer than any encode: what is stuck is found by its missing progress, not by the clock. */
    private static final long MAX_WORK_DAYS = 7;

    /** Opens everything; waits for a database that is not there yet, fails for what will not come by waiting. */
    static Future<Services> open(
            Vertx vertx, SluiceConfig config, CancellationToken startup, DeliveryStepListener stepListener) {
        WorkerExecutor workers = workerPool(vertx, config);
        return workers.executeBlocking(() -> BlockingResources.open(vertx, config), false)
                .compose(local -> Workspace.open(vertx, config.workspace())
                        .compose(workspace -> Database.open(vertx, config.postgres(), startup)
                                .compose(database -> assemble(
                                        vertx, config, startup, workers, local, workspace, database, stepListener))))
                .onFailure(failed -> workers.close());
    }

    private static Future<Services> assemble(
            Vertx vertx,
            SluiceConfig config,
            CancellationToken startup,
            WorkerExecutor workers,
            BlockingResources local,
            Workspace workspace,
            Database database,
            DeliveryStepListener stepListener) {
        return UserTables.open(database, config.postgres(), startup)
                .map(tables -> {
                    RunRepository runs = new RunRepository(database, tables, PublisherClient::inOutbox);
                    LeaseRenewer leases = new LeaseRenewer(vertx, runs, config.delivery());
                    OutputKeys keys = new OutputKeys(
                            config.keys(),
                            config.media().ladder().stream()
                                    .map(MediaConfig.Rung::quality)
                                    .toList());
                    StagingArea staging =
                            new StagingArea(local.objectStore(), config.keys().staging());
                    JobCleanup jobCleanup = new JobCleanup(
                            workspace,
                            local.objectStore(),
                            staging,
                            keys,
                            new StaleArtifactRepository(database),
                            new PartialOutputRepository(database, tables));
                    String worker = WorkerId.generate().name();
                    CancelledJobHandler cancelledJobs = new CancelledJobHandler(leases, jobCleanup);
                    return new Services(
                            config,
                            database,
                            new JobRepository(database, tables),
                            new PendingJobRepository(
                                    database, tables, job -> StageMessages.toStage(StageName.DOWNLOAD, job)),
                            local.objectStore(),
                            staging,
                            keys,
                            new CachingMediaProber(new MediaProber(
                                    local.ffmpeg(),
                                    config.ffmpeg(),
                                    config.media().limits())),
                            new EncoderFactory(
                                    local.ffmpeg(),
                                    config,
                                    new EncodeSpeedEstimator(threads(config, StageName.PROCESSING))),
                            new SourceCache(workspace, config.workspace().sourceCacheBytes()),
                            workers,
                            new RunServices(
                                    runs,
                                    new Outbox(database),
                                    leases,
                                    workspace,
                                    jobCleanup,
                                    new PublisherClient(vertx),
                                    config.delivery(),
                                    worker,
                                    RunMetricsRegistry.register(worker),
                                    stepListener),
                            BackendServices.open(
                                    vertx, database, tables, config.backend().webhooks()),
                            new RequestRepository(database, tables, PublisherClient::inOutbox),
                            CancellationListener.listen(
                                    vertx, config.postgres(), cancelledJobs::onCancelled, cancelledJobs::onSubscribed));
                })
                .recover(failed -> database.close().transform(closed -> Future.failedFuture(failed)));
    }

    /** Closes everything; what does not close is logged and left. */
    Future<Void> close() {
        runServices.leases().close();
        runServices.metricsRegistry().close();
        return Future.join(cancellationListener.close(), objectStore.close(), database.close(), workerPool.close())
                .onFailure(cause -> LOG.atWarn().setCause(cause).log("not everything closed"))
                .transform(closed -> Future.succeededFuture());
    }

    private static WorkerExecutor workerPool(Vertx vertx, SluiceConfig config) {
        int slots = config.stages().values().stream().mapToInt(Services::slots).sum()
                + (config.requests().enabled()
                        ? config.stage(StageName.PROCESSING).concurrency()
                        : 0);
        return vertx.createSharedWorkerExecutor("sluice-work", Math.max(2, slots), MAX_WORK_DAYS, TimeUnit.DAYS);
    }

    /** What one FFmpeg run of a stage may use. */
    int threadsPerEncode(StageName stage) {
        return threads(config, stage);
    }

    /** The cores, shared out among the encodes of a stage that may run at once. */
    private static int threads(SluiceConfig config, StageName stage) {
        int encodes = Math.max(1, slots(config.stage(stage)));
        return Math.max(1, Runtime.getRuntime().availableProcessors() / encodes);
    }

    private static int slots(StageConfig stage) {
        return stage.instances() * stage.concurrency();
    }

    /** What takes long to make, and would hold up an event loop. */
    private record BlockingResources(FfmpegInstallation ffmpeg, S3ObjectStore objectStore) {
        static BlockingResources open(Vertx vertx, SluiceConfig config) {
            return new BlockingResources(
                    FfmpegInstallation.locate(config.ffmpeg()), new S3ObjectStore(vertx, config.s3()));
        }
    }
}
