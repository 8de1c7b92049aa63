package dev.sluice.app;

import dev.sluice.backend.job.JobSubmissionService;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.tracing.Tracer;
import dev.sluice.config.SluiceConfig;
import dev.sluice.config.source.ConfigSource;
import dev.sluice.config.source.LoadedConfig;
import dev.sluice.job.DeliveryStepListener;
import dev.sluice.monitoring.ProcessMetrics;
import dev.sluice.objectstore.ObjectStore;
import dev.sluice.persistence.control.JobCancellation;
import dev.sluice.persistence.db.NotificationListener;
import dev.sluice.persistence.job.JobRepository;
import dev.sluice.persistence.worker.CommandRepository;
import dev.sluice.persistence.worker.WorkerRegistry;
import dev.sluice.worker.WorkerVerticle;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running pipeline of one process. Its verticles can be undeployed and deployed again individually. */
public final class Sluice {
    private static final Logger LOG = LoggerFactory.getLogger(Sluice.class);

    private final Vertx vertx;
    private final VerticleDeployer deployer;
    private final ConfigReloader reloader;
    private final WorkerProcess process;
    private final WorkerVerticle worker;
    private final NotificationListener notifications;
    private volatile @Nullable String workerDeployment;

    /**
     * How a pipeline is embedded in its process.
     *
     * @param metrics of this process
     * @param tracer of this process
     * @param startup cancelled if the process ends before the start is complete
     * @param stepListener listens to the steps of deliveries, for tests
     * @param source of the configuration, which is watched; empty: it does not change
     * @param brokerStarted completes when the broker may be used; before that, no verticle is deployed
     * @param exit ends the process in an orderly way; returns at once
     */
    record StartOptions(
            ProcessMetrics metrics,
            Tracer tracer,
            CancellationToken startup,
            DeliveryStepListener stepListener,
            Optional<ConfigSource> source,
            Future<Void> brokerStarted,
            Runnable exit) {
        /** A pipeline with a fixed configuration, in a process that a command cannot end. */
        static StartOptions of(
                ProcessMetrics metrics, Tracer tracer, DeliveryStepListener stepListener, Future<Void> brokerStarted) {
            return new StartOptions(
                    metrics, tracer, new CancellationToken(), stepListener, Optional.empty(), brokerStarted, () -> {});
        }
    }

    private Sluice(Vertx vertx, Services services, StartOptions options, LoadedConfig config) {
        this.vertx = vertx;
        this.deployer = new VerticleDeployer(
                vertx,
                new Pipeline(services).deployments(),
                services.runServices().health());
        this.reloader = new ConfigReloader(vertx, deployer, services, options.source(), config);
        this.process = new WorkerProcess(deployer, reloader, options.exit());
        this.worker = new WorkerVerticle(
                WorkerRegistry.of(services.storage().database()),
                process,
                services.config().delivery().leaseRenewInterval());
        this.notifications = NotificationListener.listen(
                vertx,
                services.config().postgres(),
                Map.of(
                        JobCancellation.CHANNEL,
                        services.cancelledJobs()::onNotification,
                        CommandRepository.CHANNEL,
                        payload -> worker.onNotification()),
                services.cancelledJobs()::onSubscribed);
    }

    /**
     * Opens the services and deploys all verticles. Waits for a broker or database that is unavailable; fails on any other
     * error.
     */
    public static Future<Sluice> start(Vertx vertx, SluiceConfig config) {
        return start(vertx, config, new ProcessMetrics(), Tracer.NONE, Future.succeededFuture());
    }

    /**
     * As {@link #start(Vertx, SluiceConfig)}.
     *
     * @param metrics in which this Vert.x is measured; closed by {@link #stop}
     * @param tracer records the traces of jobs
     * @param brokerStarted completes when the broker may be used; the services are opened before
     */
    public static Future<Sluice> start(
            Vertx vertx, SluiceConfig config, ProcessMetrics metrics, Tracer tracer, Future<Void> brokerStarted) {
        return start(
                vertx,
                LoadedConfig.of(config),
                StartOptions.of(metrics, tracer, DeliveryStepListener.NOOP, brokerStarted));
    }

    /** As {@link #start(Vertx, SluiceConfig)}, with a listener of the steps of deliveries, for tests. */
    public static Future<Sluice> start(Vertx vertx, SluiceConfig config, DeliveryStepListener stepListener) {
        return start(
                vertx,
                LoadedConfig.of(config),
                StartOptions.of(new ProcessMetrics(), Tracer.NONE, stepListener, Future.succeededFuture()));
    }

    static Future<Sluice> start(Vertx vertx, LoadedConfig config, StartOptions options) {
        CancellationToken startup = options.startup();
        return Services.open(vertx, config.config(), options).compose(services -> {
            Sluice sluice = new Sluice(vertx, services, options, config);
            return options.brokerStarted()
                    .compose(started -> startup.failIfCancelled())
                    .compose(started -> sluice.deployAll())
                    .map(sluice)
                    .recover(cause -> sluice.stop().transform(stopped -> Future.failedFuture(cause)));
        });
    }

    /** The names of the verticles, in the order of their deployment. */
    public List<String> verticles() {
        return deployer.names();
    }

    /**
     * Undeploys a verticle, which stops consuming and requeues its deliveries.
     *
     * @throws IllegalArgumentException if there is no verticle of that name
     */
    public Future<Void> undeploy(String verticle) {
        deployer.requireKnown(List.of(verticle));
        return deployer.undeploy(verticle);
    }

    /**
     * Deploys a verticle; does nothing if it is deployed.
     *
     * @throws IllegalArgumentException if there is no verticle of that name
     */
    public Future<Void> deploy(String verticle) {
        return deployer.deploy(verticle);
    }

    /** Applies the configuration file if it has changed; returns the names of the redeployed verticles. */
    public Future<Set<String>> reload() {
        return reloader.reload();
    }

    /**
     * Completes when all consumers and the publisher are connected, or were undeployed before; fails if the broker permanently
     * refuses one of them.
     */
    Future<Void> whenReady() {
        return deployer.whenAccepted();
    }

    public JobRepository jobs() {
        return services().repositories().jobs();
    }

    /** Creates jobs of local files for this pipeline. */
    public JobSubmissionService submission() {
        return new JobSubmissionService(
                services().storage().objectStore(),
                services().repositories().jobs(),
                services().runServices().publisher()::notifyOutbox,
                Integer.MAX_VALUE,
                services().tracer());
    }

    public ObjectStore objectStore() {
        return services().storage().objectStore();
    }

    private Services services() {
        return reloader.services();
    }

    /** Time for runs in progress to finish before {@link #stop}. */
    Duration drainTime() {
        return services().config().shutdown().drain();
    }

    /** Stops consuming; completes when no run is in progress, or after {@link #drainTime}. Never fails. */
    Future<Void> drain() {
        Duration limit = drainTime();
        if (limit.isZero()) {
            return Future.succeededFuture();
        }
        LOG.atInfo().addKeyValue("seconds", limit.toSeconds()).log("pipeline draining: runs in progress may finish");
        Future<Void> drained = process.stopConsuming(limit);
        worker.onNotification();
        return drained;
    }

    /** Undeploys all verticles, the publisher last, and closes the services. */
    public Future<Void> stop() {
        LOG.atInfo().log("pipeline stopping");
        return deployer.close(Pipeline.PUBLISHER)
                .transform(undeployed -> Future.join(notifications.close(), undeployWorker()))
                .transform(undeployed -> services().close())
                .onFailure(cause -> LOG.atWarn().setCause(cause).log("shutdown incomplete: some resources not closed"))
                .<Void>transform(closed -> Future.succeededFuture())
                .onComplete(closed -> LOG.atInfo().log("pipeline stopped"));
    }

    private Future<Void> undeployWorker() {
        String id = workerDeployment;
        return id == null ? Future.succeededFuture() : vertx.undeploy(id);
    }

    /** The worker is registered last: what the registry shows is deployed. */
    private Future<Void> deployAll() {
        return deployer.deployAll()
                .compose(all -> vertx.deployVerticle(worker))
                .onSuccess(id -> {
                    workerDeployment = id;
                    LOG.atInfo()
                            .addKeyValue("worker", services().runServices().worker())
                            .addKeyValue("verticles", describe())
                            .log("pipeline started");
                })
                .mapEmpty();
    }

    private String describe() {
        return deployer.status().stream()
                .map(verticle -> verticle.name() + " x" + verticle.instances())
                .collect(Collectors.joining(", "));
    }
}
