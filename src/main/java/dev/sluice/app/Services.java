package dev.sluice.app;

import dev.sluice.config.MediaConfig;
import dev.sluice.config.SluiceConfig;
import dev.sluice.config.StageConfig;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.probe.Prober;
import dev.sluice.ffmpeg.probe.RecentProbes;
import dev.sluice.job.Milestones;
import dev.sluice.job.StageName;
import dev.sluice.media.rendition.EncodeSpeed;
import dev.sluice.objectstore.KeyTemplates;
import dev.sluice.objectstore.Staging;
import dev.sluice.objectstore.s3.S3Blobs;
import dev.sluice.persistence.control.CancelNotices;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.job.Jobs;
import dev.sluice.persistence.job.Requests;
import dev.sluice.persistence.outbox.Outbox;
import dev.sluice.persistence.recovery.HalfResults;
import dev.sluice.persistence.recovery.PendingRows;
import dev.sluice.persistence.recovery.Remains;
import dev.sluice.persistence.run.Runs;
import dev.sluice.persistence.usertable.UserTables;
import dev.sluice.pipeline.lease.CancelledJobs;
import dev.sluice.pipeline.lease.Leases;
import dev.sluice.pipeline.maintenance.Leftovers;
import dev.sluice.pipeline.metrics.StageMonitor;
import dev.sluice.pipeline.run.StageTools;
import dev.sluice.publisher.UpdateBus;
import dev.sluice.routing.Outgoing;
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
        Jobs jobs,
        PendingRows pending,
        S3Blobs blobs,
        Staging staging,
        KeyTemplates keys,
        RecentProbes prober,
        MediaTools media,
        SourceCache sources,
        WorkerExecutor workers,
        StageTools tools,
        BackendServices backend,
        Requests requests,
        CancelNotices cancelNotices) {

    private static final Logger LOG = LoggerFactory.getLogger(Services.class);
    /** Longer than any encode: what is stuck is found by its missing progress, not by the clock. */
    private static final long LONGEST_WORK_DAYS = 7;

    /** Opens everything; waits for a database that is not there yet, fails for what will not come by waiting. */
    static Future<Services> open(Vertx vertx, SluiceConfig config, Startup startup, Milestones milestones) {
        WorkerExecutor workers = workers(vertx, config);
        return workers.executeBlocking(() -> LocalTools.open(vertx, config), false)
                .compose(local -> Workspace.open(vertx, config.workspace())
                        .compose(workspace -> Database.open(vertx, config.postgres(), startup.cancellation())
                                .compose(database -> assemble(
                                        vertx, config, startup, workers, local, workspace, database, milestones))))
                .onFailure(failed -> workers.close());
    }

    private static Future<Services> assemble(
            Vertx vertx,
            SluiceConfig config,
            Startup startup,
            WorkerExecutor workers,
            LocalTools local,
            Workspace workspace,
            Database database,
            Milestones milestones) {
        return UserTables.open(database, config.postgres(), startup.cancellation())
                .map(tables -> {
                    Runs runs = new Runs(database, tables, UpdateBus::inOutbox);
                    Leases leases = new Leases(vertx, runs, config.delivery());
                    KeyTemplates keys = new KeyTemplates(
                            config.keys(),
                            config.media().ladder().stream()
                                    .map(MediaConfig.Rung::quality)
                                    .toList());
                    Staging staging = new Staging(local.blobs(), config.keys().staging());
                    Leftovers leftovers = new Leftovers(
                            workspace,
                            local.blobs(),
                            staging,
                            keys,
                            new Remains(database),
                            new HalfResults(database, tables));
                    String worker = Worker.ofThisProcess().name();
                    CancelledJobs cancelled = new CancelledJobs(leases, leftovers);
                    return new Services(
                            config,
                            database,
                            new Jobs(database, tables),
                            new PendingRows(database, tables, job -> Outgoing.toStage(StageName.DOWNLOAD, job)),
                            local.blobs(),
                            staging,
                            keys,
                            new RecentProbes(new Prober(
                                    local.ffmpeg(),
                                    config.ffmpeg(),
                                    config.media().limits())),
                            new MediaTools(
                                    local.ffmpeg(), config, new EncodeSpeed(threads(config, StageName.PROCESSING))),
                            new SourceCache(workspace, config.workspace().cacheBytes()),
                            workers,
                            new StageTools(
                                    runs,
                                    new Outbox(database),
                                    leases,
                                    workspace,
                                    leftovers,
                                    new UpdateBus(vertx),
                                    config.delivery(),
                                    worker,
                                    StageMonitor.open(worker),
                                    milestones),
                            BackendServices.open(
                                    vertx, database, tables, config.backend().webhooks()),
                            new Requests(database, tables, UpdateBus::inOutbox),
                            CancelNotices.listen(
                                    vertx, config.postgres(), cancelled::heard, cancelled::mayHaveMissedSome));
                })
                .recover(failed -> database.close().transform(closed -> Future.failedFuture(failed)));
    }

    /** Closes everything; what does not close is logged and left. */
    Future<Void> close() {
        tools.leases().close();
        tools.monitor().close();
        return Future.join(cancelNotices.close(), blobs.close(), database.close(), workers.close())
                .onFailure(cause -> LOG.atWarn().setCause(cause).log("not everything closed"))
                .transform(closed -> Future.succeededFuture());
    }

    private static WorkerExecutor workers(Vertx vertx, SluiceConfig config) {
        int slots = config.stages().values().stream().mapToInt(Services::slots).sum()
                + (config.requests().enabled()
                        ? config.stage(StageName.PROCESSING).concurrency()
                        : 0);
        return vertx.createSharedWorkerExecutor("sluice-work", Math.max(2, slots), LONGEST_WORK_DAYS, TimeUnit.DAYS);
    }

    /** What one FFmpeg run of a stage may use. */
    int ffmpegThreads(StageName stage) {
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
    private record LocalTools(FfmpegInstallation ffmpeg, S3Blobs blobs) {
        static LocalTools open(Vertx vertx, SluiceConfig config) {
            return new LocalTools(FfmpegInstallation.locate(config.ffmpeg()), new S3Blobs(vertx, config.s3()));
        }
    }
}
