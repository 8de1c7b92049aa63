package dev.sluice.app;

import dev.sluice.backend.admin.ProcessInfo;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.SluiceConfig;
import dev.sluice.config.StageConfig;
import dev.sluice.ffmpeg.encode.EncodeMetrics;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.probe.CachingMediaProber;
import dev.sluice.ffmpeg.probe.MediaProber;
import dev.sluice.ffmpeg.process.CpuMetrics;
import dev.sluice.job.DeliveryStepListener;
import dev.sluice.job.StageName;
import dev.sluice.media.rendition.EncodeSpeedEstimator;
import dev.sluice.monitoring.ProcessMetrics;
import dev.sluice.objectstore.s3.S3Metrics;
import dev.sluice.objectstore.s3.S3ObjectStore;
import dev.sluice.persistence.control.CancellationListener;
import dev.sluice.persistence.job.JobRepository;
import dev.sluice.persistence.job.RequestRepository;
import dev.sluice.persistence.recovery.PartialOutputRepository;
import dev.sluice.persistence.recovery.PendingJobRepository;
import dev.sluice.persistence.recovery.StaleArtifactRepository;
import dev.sluice.persistence.run.RunStore;
import dev.sluice.pipeline.lease.CancelledJobHandler;
import dev.sluice.pipeline.maintenance.JobCleanup;
import dev.sluice.pipeline.metrics.RunMetricsRegistry;
import dev.sluice.pipeline.run.RunServices;
import dev.sluice.routing.StageMessages;
import dev.sluice.routing.UpdateMessages;
import dev.sluice.workspace.WorkspaceMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Services that the verticles of one process share: opened before the first of them starts, closed after the last. */
record Services(
        SluiceConfig config,
        ProcessMetrics metrics,
        ProcessInfo process,
        Storage storage,
        Repositories repositories,
        Media media,
        RunServices runServices,
        BackendServices backend,
        CancellationListener cancellationListener) {

    private static final Logger LOG = LoggerFactory.getLogger(Services.class);
    /** Longer than any encode: a stuck encode is detected by its missing progress. */
    private static final long MAX_WORK_DAYS = 7;

    /** Jobs, and jobs that do not come from a stage queue. */
    record Repositories(JobRepository jobs, PendingJobRepository pendingJobs, RequestRepository requests) {
        static Repositories of(Storage storage) {
            return new Repositories(
                    new JobRepository(storage.database(), storage.tables()),
                    new PendingJobRepository(
                            storage.database(),
                            storage.tables(),
                            job -> StageMessages.toStage(StageName.DOWNLOAD, job)),
                    new RequestRepository(storage.database(), storage.tables(), UpdateMessages::toOutbox));
        }
    }

    /** Probing and encoding, and the threads for them. */
    record Media(CachingMediaProber prober, EncoderFactory encoders, WorkerExecutor workerPool) {
        static Media of(
                SluiceConfig config, FfmpegInstallation ffmpeg, WorkerExecutor workerPool, MeterRegistry registry) {
            CpuMetrics.bind(registry);
            return new Media(
                    new CachingMediaProber(new MediaProber(
                            ffmpeg, config.ffmpeg(), config.media().limits())),
                    new EncoderFactory(
                            ffmpeg,
                            config,
                            new EncodeSpeedEstimator(threads(config, StageName.PROCESSING)),
                            new EncodeMetrics(registry)),
                    workerPool);
        }
    }

    /** Waits for a database that is unavailable; fails on any other error. */
    static Future<Services> open(
            Vertx vertx,
            SluiceConfig config,
            ProcessMetrics metrics,
            CancellationToken startup,
            DeliveryStepListener stepListener) {
        WorkerExecutor workers = workerPool(vertx, config);
        return workers.executeBlocking(() -> BlockingResources.open(vertx, config, metrics.registry()), false)
                .compose(blocking -> Storage.open(vertx, config, blocking.objectStore(), startup)
                        .compose(storage -> Future.<Services>future(services -> services.complete(assemble(
                                        vertx,
                                        config,
                                        metrics,
                                        storage,
                                        Media.of(config, blocking.ffmpeg(), workers, metrics.registry()),
                                        stepListener)))
                                .recover(cause -> storage.close().transform(closed -> Future.failedFuture(cause)))))
                .onFailure(failed -> workers.close());
    }

    private static Services assemble(
            Vertx vertx,
            SluiceConfig config,
            ProcessMetrics metrics,
            Storage storage,
            Media media,
            DeliveryStepListener stepListener) {
        WorkspaceMetrics.bind(metrics.registry(), storage.workspace(), storage.sourceCache());
        JobCleanup jobCleanup = new JobCleanup(
                storage.workspace(),
                storage.objectStore(),
                storage.staging(),
                storage.keys(),
                new StaleArtifactRepository(storage.database()),
                new PartialOutputRepository(storage.database(), storage.tables()));
        RunServices runServices = RunServices.create(
                vertx,
                RunStore.of(storage.database(), storage.tables(), UpdateMessages::toOutbox),
                jobCleanup,
                config.delivery(),
                RunMetricsRegistry.register(WorkerId.generate().name(), metrics.registry()),
                stepListener);
        CancelledJobHandler cancelledJobs = new CancelledJobHandler(runServices.leases(), jobCleanup);
        return new Services(
                config,
                metrics,
                new ProcessInfo(Version.current(), Instant.now()),
                storage,
                Repositories.of(storage),
                media,
                runServices,
                BackendServices.open(
                        vertx,
                        storage.database(),
                        storage.tables(),
                        config.backend().webhooks(),
                        metrics.registry()),
                CancellationListener.listen(
                        vertx, config.postgres(), cancelledJobs::onCancelled, cancelledJobs::onSubscribed));
    }

    /** Closes everything; a failure is only logged. */
    Future<Void> close() {
        runServices.close();
        metrics.close();
        return Future.join(
                        cancellationListener.close(),
                        storage.close(),
                        media.workerPool().close())
                .onFailure(cause -> LOG.atWarn().setCause(cause).log("shutdown incomplete: some resources not closed"))
                .transform(closed -> Future.succeededFuture());
    }

    private static WorkerExecutor workerPool(Vertx vertx, SluiceConfig config) {
        int threads = config.consumers().stages().values().stream()
                        .mapToInt(Services::concurrentRuns)
                        .sum()
                + (config.consumers().requests().enabled()
                        ? config.stage(StageName.PROCESSING).concurrency()
                        : 0);
        return vertx.createSharedWorkerExecutor("sluice-work", Math.max(2, threads), MAX_WORK_DAYS, TimeUnit.DAYS);
    }

    /** Threads of one FFmpeg run of a stage. */
    int threadsPerEncode(StageName stage) {
        return threads(config, stage);
    }

    /** The cores, divided by the concurrent encodes of a stage. */
    private static int threads(SluiceConfig config, StageName stage) {
        int encodes = Math.max(1, concurrentRuns(config.stage(stage)));
        return Math.max(1, Runtime.getRuntime().availableProcessors() / encodes);
    }

    private static int concurrentRuns(StageConfig stage) {
        return stage.instances() * stage.concurrency();
    }

    /** Resources whose creation blocks. */
    private record BlockingResources(FfmpegInstallation ffmpeg, S3ObjectStore objectStore) {
        static BlockingResources open(Vertx vertx, SluiceConfig config, MeterRegistry registry) {
            return new BlockingResources(
                    FfmpegInstallation.locate(config.ffmpeg()),
                    new S3ObjectStore(vertx, config.s3(), new S3Metrics(registry)));
        }
    }
}
