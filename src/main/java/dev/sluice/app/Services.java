package dev.sluice.app;

import dev.sluice.backend.admin.ProcessInfo;
import dev.sluice.broker.QueueInspector;
import dev.sluice.cluster.ClusterMembership;
import dev.sluice.common.tracing.Tracer;
import dev.sluice.config.SluiceConfig;
import dev.sluice.ffmpeg.encode.EncodeMetrics;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.probe.CachingMediaProber;
import dev.sluice.ffmpeg.probe.MediaProber;
import dev.sluice.ffmpeg.process.CpuMetrics;
import dev.sluice.job.StageName;
import dev.sluice.media.rendition.EncodeSpeedEstimator;
import dev.sluice.monitoring.BacklogMetrics;
import dev.sluice.monitoring.ProcessMetrics;
import dev.sluice.objectstore.s3.S3Metrics;
import dev.sluice.objectstore.s3.S3ObjectStore;
import dev.sluice.persistence.cluster.ClusterMemberRepository;
import dev.sluice.persistence.growing.GrowingStreamRepository;
import dev.sluice.persistence.job.BacklogRepository;
import dev.sluice.persistence.job.JobRepository;
import dev.sluice.persistence.job.RequestRepository;
import dev.sluice.persistence.recovery.PartialOutputRepository;
import dev.sluice.persistence.recovery.PendingJobRepository;
import dev.sluice.persistence.recovery.StaleArtifactRepository;
import dev.sluice.persistence.run.RunStore;
import dev.sluice.persistence.worker.EncodeSpeedRepository;
import dev.sluice.persistence.worker.WorkerRepository;
import dev.sluice.pipeline.growing.GrowingStreamCleanup;
import dev.sluice.pipeline.growing.GrowingStreamPublisher;
import dev.sluice.pipeline.health.StageHealthRegistry;
import dev.sluice.pipeline.lease.CancelledJobHandler;
import dev.sluice.pipeline.maintenance.JobCleanup;
import dev.sluice.pipeline.maintenance.PartialOutputCleanup;
import dev.sluice.pipeline.metrics.RunMetricsRegistry;
import dev.sluice.pipeline.run.RunServices;
import dev.sluice.routing.StageMessages;
import dev.sluice.routing.UpdateMessages;
import dev.sluice.worker.EncodeSpeeds;
import dev.sluice.worker.WorkerId;
import dev.sluice.workspace.WorkspaceMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;

/** Services that the verticles of one process share: opened before the first of them starts, closed after the last. */
record Services(
        SluiceConfig config,
        ProcessMetrics metrics,
        Tracer tracer,
        ProcessInfo process,
        Storage storage,
        Repositories repositories,
        Media media,
        RunServices runServices,
        BackendServices backend,
        BacklogMetrics backlog,
        CancelledJobHandler cancelledJobs,
        ClusterMembership membership) {

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

    /** Probing and encoding. */
    record Media(CachingMediaProber prober, EncoderFactory encoders) {
        static Media of(
                SluiceConfig config, FfmpegInstallation ffmpeg, EncodeSpeedEstimator speeds, EncodeMetrics metrics) {
            return new Media(
                    new CachingMediaProber(new MediaProber(
                            ffmpeg, config.ffmpeg(), config.media().limits())),
                    new EncoderFactory(ffmpeg, config, speeds, metrics));
        }
    }

    /** Opens storage and FFmpeg in parallel. Waits for a database that is unavailable; fails on any other error, the first one. */
    static Future<Services> open(Vertx vertx, SluiceConfig config, Sluice.StartOptions options) {
        MeterRegistry registry = options.metrics().registry();
        Future<FfmpegInstallation> ffmpeg = locateFfmpeg(vertx, config);
        Future<Storage> storage = Storage.open(vertx, config, new S3Metrics(registry), options.startup());
        Future<EncodeSpeedEstimator> speeds = storage.compose(opened ->
                EncodeSpeeds.estimator(new EncodeSpeedRepository(opened.database()), EncodeSpeeds.localHost()));
        return Future.all(ffmpeg, speeds)
                .map(all -> assemble(
                        vertx,
                        config,
                        options,
                        storage.result(),
                        Media.of(config, ffmpeg.result(), speeds.result(), new EncodeMetrics(registry))))
                .onFailure(cause -> Storage.closeUnused(storage.compose(Storage::close)));
    }

    /** Starts the programs, which blocks, on a worker thread. */
    private static Future<FfmpegInstallation> locateFfmpeg(Vertx vertx, SluiceConfig config) {
        return vertx.executeBlocking(
                () -> FfmpegInstallation.locate(config.ffmpeg()).requireEncoders(config.profiles()), false);
    }

    private static Services assemble(
            Vertx vertx, SluiceConfig config, Sluice.StartOptions options, Storage storage, Media media) {
        ProcessMetrics metrics = options.metrics();
        CpuMetrics.bind(metrics.registry());
        WorkspaceMetrics.bind(metrics.registry(), storage.workspace(), storage.sourceCache());
        JobCleanup jobCleanup = jobCleanup(config, storage);
        RunMetricsRegistry runMetrics =
                RunMetricsRegistry.register(WorkerId.generate().name(), metrics.registry());
        RunServices runServices = RunServices.create(
                vertx,
                RunStore.of(storage.database(), storage.tables(), UpdateMessages::toOutbox),
                jobCleanup,
                config.delivery(),
                options.tracer(),
                runMetrics,
                new StageHealthRegistry(vertx, new WorkerRepository(storage.database()), runMetrics, config.delivery()),
                options.stepListener());
        return new Services(
                config,
                metrics,
                options.tracer(),
                new ProcessInfo(Version.current(), Instant.now()),
                storage,
                Repositories.of(storage),
                media,
                runServices,
                backend(vertx, config, storage, BackendMetrics.of(metrics.registry())),
                new BacklogMetrics(
                        metrics.registry(),
                        new BacklogRepository(storage.database()),
                        new QueueInspector(vertx, config.rabbitmq())),
                new CancelledJobHandler(runServices.leases(), jobCleanup),
                ClusterMembership.start(vertx, new ClusterMemberRepository(storage.database())));
    }

    /**
     * These services with a changed configuration. Database, workspace, leases and the name of the worker stay the same. The
     * object store is replaced only if its section changed; its user closes the replaced one.
     */
    Future<Services> with(Vertx vertx, SluiceConfig changed) {
        Future<FfmpegInstallation> ffmpeg = changed.ffmpeg().equals(config.ffmpeg())
                ? vertx.executeBlocking(() -> media.encoders().ffmpeg().requireEncoders(changed.profiles()), false)
                : locateFfmpeg(vertx, changed);
        // Then the client: if FFmpeg is not usable, there is none to close.
        return ffmpeg.compose(
                located -> openChanged(vertx, changed).map(objectStore -> with(vertx, changed, located, objectStore)));
    }

    private Future<S3ObjectStore> openChanged(Vertx vertx, SluiceConfig changed) {
        return changed.s3().equals(config.s3())
                ? Future.succeededFuture(storage.objectStore())
                : Storage.openObjectStore(vertx, changed, new S3Metrics(metrics.registry()));
    }

    private Services with(Vertx vertx, SluiceConfig changed, FfmpegInstallation ffmpeg, S3ObjectStore objectStore) {
        Storage changedStorage = storage.with(changed, objectStore);
        JobCleanup jobCleanup = jobCleanup(changed, changedStorage);
        cancelledJobs.setJobCleanup(jobCleanup);
        return new Services(
                changed,
                metrics,
                tracer,
                process,
                changedStorage,
                repositories,
                Media.of(
                        changed,
                        ffmpeg,
                        media.encoders().speedEstimator(),
                        media.encoders().metrics()),
                runServices.with(changed.delivery(), jobCleanup),
                backend(vertx, changed, changedStorage, backend.metrics()),
                backlog,
                cancelledJobs,
                membership);
    }

    /** Closes what {@code newer} has replaced, after all its users were redeployed. Never fails. */
    Future<Void> closeReplaced(Services newer) {
        return storage.objectStore() == newer.storage.objectStore()
                ? Future.succeededFuture()
                : storage.objectStore().close().transform(closed -> Future.succeededFuture());
    }

    private static JobCleanup jobCleanup(SluiceConfig config, Storage storage) {
        return new JobCleanup(
                storage.workspace(),
                storage.staging(),
                new StaleArtifactRepository(storage.database()),
                new PartialOutputCleanup(
                        storage.objectStore(),
                        storage.keys(),
                        new PartialOutputRepository(storage.database(), storage.tables())),
                new GrowingStreamCleanup(
                        growingStreams(storage),
                        storage.objectStore(),
                        storage.keys(),
                        config.media().growing().keep()));
    }

    private static GrowingStreamRepository growingStreams(Storage storage) {
        return new GrowingStreamRepository(storage.database(), UpdateMessages::toOutbox);
    }

    /** Writes the playlists of videos that are being encoded. */
    GrowingStreamPublisher growingStreamPublisher() {
        return new GrowingStreamPublisher(
                backend.vertx(),
                growingStreams(storage),
                storage.objectStore(),
                storage.keys(),
                runServices.publisher(),
                runServices.worker());
    }

    private static BackendServices backend(Vertx vertx, SluiceConfig config, Storage storage, BackendMetrics metrics) {
        return BackendServices.open(
                vertx, storage.database(), storage.tables(), config.backend().webhooks(), metrics);
    }

    /** Closes everything. */
    Future<?> close() {
        runServices.close();
        metrics.close();
        return membership.close().compose(left -> storage.close());
    }

    /** Threads of one FFmpeg run of a stage. */
    int threadsPerEncode(StageName stage) {
        return config.stage(stage).threadsPerRun(Runtime.getRuntime().availableProcessors());
    }
}
