package dev.sluice.app;

import dev.sluice.backend.job.JobSubmissionService;
import dev.sluice.broker.BrokerVerticle;
import dev.sluice.broker.connection.BrokerException;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ParallelTasks;
import dev.sluice.config.SluiceConfig;
import dev.sluice.job.DeliveryStepListener;
import dev.sluice.objectstore.ObjectStore;
import dev.sluice.persistence.job.JobRepository;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running pipeline of one process. Its verticles can be undeployed and deployed again individually. */
public final class Sluice {
    private static final Logger LOG = LoggerFactory.getLogger(Sluice.class);

    private final Vertx vertx;
    private final Services services;
    private final List<Pipeline.VerticleDeployment> verticles;
    private final Map<String, String> deploymentIds = new ConcurrentHashMap<>();
    private final List<BrokerVerticle> connecting = new CopyOnWriteArrayList<>();

    private Sluice(Vertx vertx, Services services) {
        this.vertx = vertx;
        this.services = services;
        this.verticles = new Pipeline(services).deployments();
    }

    /**
     * Opens the services and deploys all verticles. Waits for a broker or database that is unavailable; fails on any other
     * error.
     */
    public static Future<Sluice> start(Vertx vertx, SluiceConfig config) {
        return start(vertx, config, DeliveryStepListener.NOOP);
    }

    /** As {@link #start(Vertx, SluiceConfig)}, with a listener of the steps of deliveries, for tests. */
    public static Future<Sluice> start(Vertx vertx, SluiceConfig config, DeliveryStepListener stepListener) {
        return start(vertx, config, new CancellationToken(), stepListener);
    }

    static Future<Sluice> start(
            Vertx vertx, SluiceConfig config, CancellationToken startup, DeliveryStepListener stepListener) {
        return Services.open(vertx, config, startup, stepListener).compose(services -> {
            Sluice sluice = new Sluice(vertx, services);
            return startup.failIfCancelled()
                    .compose(started -> sluice.deployAll())
                    .map(sluice)
                    .recover(cause -> sluice.stop().transform(stopped -> Future.failedFuture(cause)));
        });
    }

    /** The names of the verticles, in the order of their deployment. */
    public List<String> verticles() {
        return verticles.stream().map(Pipeline.VerticleDeployment::name).toList();
    }

    /**
     * Undeploys a verticle, which stops consuming and requeues its deliveries.
     *
     * @throws IllegalArgumentException if there is no verticle of that name
     */
    public Future<Void> undeploy(String verticle) {
        String id = deploymentIds.remove(find(verticle).name());
        return id == null ? Future.succeededFuture() : vertx.undeploy(id);
    }

    /**
     * Deploys a verticle; does nothing if it is deployed.
     *
     * @throws IllegalArgumentException if there is no verticle of that name
     */
    public Future<Void> deploy(String verticle) {
        Pipeline.VerticleDeployment deployment = find(verticle);
        if (deployment.instances() == 0 || deploymentIds.containsKey(verticle)) {
            return Future.succeededFuture();
        }
        DeploymentOptions options = new DeploymentOptions().setInstances(deployment.instances());
        return vertx.deployVerticle(() -> connecting(deployment.verticle().get()), options)
                .onSuccess(id -> deploymentIds.put(verticle, id))
                .mapEmpty();
    }

    private Deployable connecting(Deployable verticle) {
        if (verticle instanceof BrokerVerticle broker) {
            connecting.add(broker);
        }
        return verticle;
    }

    /**
     * Completes when all consumers and the publisher are connected, or were undeployed before; fails with a
     * {@link BrokerException} if the broker permanently refuses one of them. To be called once, after the start.
     */
    Future<Void> whenReady() {
        List<Future<Void>> connected = connecting.stream()
                .map(verticle -> verticle.whenConnected().recover(Sluice::failIfPermanent))
                .toList();
        connecting.clear();
        return Future.all(connected).mapEmpty();
    }

    private static Future<Void> failIfPermanent(Throwable cause) {
        return cause instanceof BrokerException refusal && refusal.isPermanent()
                ? Future.failedFuture(refusal)
                : Future.succeededFuture();
    }

    public JobRepository jobs() {
        return services.repositories().jobs();
    }

    /** Creates jobs of local files for this pipeline. */
    public JobSubmissionService submission() {
        return new JobSubmissionService(
                services.storage().objectStore(),
                services.repositories().jobs(),
                services.runServices().publisher()::notifyOutbox,
                Integer.MAX_VALUE);
    }

    public ObjectStore objectStore() {
        return services.storage().objectStore();
    }

    /** Undeploys all verticles, the publisher last, and closes the services. */
    public Future<Void> stop() {
        LOG.atInfo().log("pipeline stopping");
        List<String> stages = new ArrayList<>(verticles());
        stages.remove(Pipeline.PUBLISHER);
        Collections.reverse(stages);
        return Future.join(stages.stream().map(this::undeploy).toList())
                .transform(undeployed -> undeploy(Pipeline.PUBLISHER))
                .onFailure(cause -> LOG.atWarn().setCause(cause).log("verticle failed to stop"))
                .transform(undeployed -> services.close())
                .onComplete(closed -> LOG.atInfo().log("pipeline stopped"));
    }

    private Future<Void> deployAll() {
        return ParallelTasks.sequentially(verticles, verticle -> deploy(verticle.name()))
                .onSuccess(all -> LOG.atInfo()
                        .addKeyValue("worker", services.runServices().worker())
                        .addKeyValue("verticles", describe())
                        .log("pipeline started"));
    }

    private String describe() {
        return String.join(
                ", ",
                verticles.stream()
                        .map(verticle -> verticle.name() + " x" + verticle.instances())
                        .toList());
    }

    private Pipeline.VerticleDeployment find(String name) {
        return verticles.stream()
                .filter(verticle -> verticle.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "unknown verticle '" + name + "'; known verticles: " + verticles()));
    }
}
