package dev.sluice.app;

import dev.sluice.broker.BrokerVerticle;
import dev.sluice.common.async.ParallelTasks;
import dev.sluice.persistence.worker.VerticleStatus;
import dev.sluice.pipeline.StageVerticle;
import dev.sluice.pipeline.health.ConsumerMode;
import dev.sluice.pipeline.health.StageHealth;
import dev.sluice.pipeline.health.StageHealthRegistry;
import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deploys, pauses, drains and undeploys the verticles of this process by name. Threads: any; the caller does not start an operation on
 * a verticle before the last one on it has ended.
 */
final class VerticleDeployer {
    private static final Logger LOG = LoggerFactory.getLogger(VerticleDeployer.class);
    /** Longer than any encode: a stuck encode is detected by its missing progress. */
    private static final long MAX_WORK_DAYS = 7;

    private final Vertx vertx;
    /** A verticle that is deployed on the context of another one would be undeployed with it. */
    private final Context owner;

    private final Map<String, Deployed> deployed = new ConcurrentHashMap<>();
    private final Set<String> draining = ConcurrentHashMap.newKeySet();
    private final StageHealthRegistry health;
    private volatile List<VerticleDeployment> verticles;
    private volatile Predicate<String> isPaused = verticle -> false;
    private volatile boolean closed;

    /** A deployed verticle with its instances. */
    private record Deployed(
            VerticleDeployment deployment, String id, List<Deployable> instances, WorkerExecutor workers) {
        <T> List<T> instances(Class<T> type) {
            return instances.stream().filter(type::isInstance).map(type::cast).toList();
        }

        List<StageVerticle> consumers() {
            return instances(StageVerticle.class);
        }

        int inUse() {
            return consumers().stream().mapToInt(StageVerticle::inUse).sum();
        }
    }

    VerticleDeployer(Vertx vertx, List<VerticleDeployment> verticles, StageHealthRegistry health) {
        this.vertx = vertx;
        this.health = health;
        this.owner = vertx.getOrCreateContext();
        this.verticles = List.copyOf(verticles);
        health.onModeChange(this::applyModes);
    }

    /** Uses these verticles for later deployments; does not change what is deployed. */
    void setVerticles(List<VerticleDeployment> changed) {
        verticles = List.copyOf(changed);
    }

    /** The names of the verticles, in the order of their deployment. */
    List<String> names() {
        return verticles.stream().map(VerticleDeployment::name).toList();
    }

    /** The names of the verticles that consume jobs. */
    List<String> consumerNames() {
        return verticles.stream()
                .filter(verticle -> verticle.concurrency() > 0)
                .map(VerticleDeployment::name)
                .toList();
    }

    Future<Void> deployAll() {
        return ParallelTasks.sequentially(names(), this::deploy);
    }

    /**
     * Deploys a verticle; does nothing if it is deployed.
     *
     * @throws IllegalArgumentException if there is no verticle of that name
     */
    Future<Void> deploy(String name) {
        VerticleDeployment deployment = find(name);
        if (closed || deployment.instances() == 0 || deployed.containsKey(name)) {
            return Future.succeededFuture();
        }
        WorkerExecutor workers =
                vertx.createSharedWorkerExecutor("sluice-" + name, deployment.threads(), MAX_WORK_DAYS, TimeUnit.DAYS);
        List<Deployable> instances = new CopyOnWriteArrayList<>();
        Promise<String> deploying = Promise.promise();
        owner.runOnContext(v -> vertx.deployVerticle(
                        () -> instance(deployment, workers, instances),
                        new DeploymentOptions().setInstances(deployment.instances()))
                .onComplete(deploying));
        return deploying
                .future()
                .onSuccess(id -> deployed.put(name, new Deployed(deployment, id, instances, workers)))
                .onFailure(cause -> workers.close())
                .mapEmpty();
    }

    private Deployable instance(VerticleDeployment deployment, WorkerExecutor workers, List<Deployable> instances) {
        Deployable instance = deployment.verticle().apply(workers);
        instances.add(instance);
        if (instance instanceof StageVerticle consumer && modeOf(deployment.name()) != ConsumerMode.RUNNING) {
            consumer.startPaused();
        }
        return instance;
    }

    /** Completes when all deployed verticles are connected to the broker; fails if it permanently refuses one of them. */
    Future<Void> whenAccepted() {
        return Future.all(deployed.values().stream()
                        .flatMap(verticle -> verticle.instances(BrokerVerticle.class).stream())
                        .map(BrokerVerticle::whenAccepted)
                        .toList())
                .mapEmpty();
    }

    /** Undeploys a verticle, which stops consuming and requeues its deliveries; does nothing if it is not deployed. */
    Future<Void> undeploy(String name) {
        Deployed running = deployed.remove(name);
        return running == null
                ? Future.succeededFuture()
                : vertx.undeploy(running.id())
                        .eventually(() -> running.workers().close());
    }

    /** Stops consuming; completes when no run is in progress, or after {@code limit}. Never fails. */
    Future<Void> drain(String name, Duration limit) {
        Deployed running = deployed.get(name);
        if (running == null) {
            return Future.succeededFuture();
        }
        draining.add(name);
        Future<Void> idle = Future.join(
                        running.consumers().stream().map(StageVerticle::drain).toList())
                .mapEmpty();
        // A timer needs at least a millisecond.
        return idle.timeout(Math.max(1, limit.toMillis()), TimeUnit.MILLISECONDS)
                .otherwiseEmpty();
    }

    /** Redeploys these verticles in the order of deployment; ends with the first failure. */
    Future<Void> redeployAll(Set<String> names, Duration drain) {
        List<String> ordered = Stream.concat(
                        names().stream().filter(names::contains),
                        names.stream().filter(name -> !names().contains(name)))
                .toList();
        return ParallelTasks.sequentially(ordered, name -> redeploy(name, drain));
    }

    /** Drains and undeploys a verticle, and deploys it as configured now. */
    private Future<Void> redeploy(String name, Duration drain) {
        return drain(name, drain)
                .compose(drained -> undeploy(name))
                .eventually(() -> {
                    draining.remove(name);
                    health.reset(name);
                    return Future.succeededFuture();
                })
                .compose(undeployed -> names().contains(name) ? deploy(name) : Future.succeededFuture())
                .onSuccess(done -> LOG.atInfo().addKeyValue("verticle", name).log("verticle redeployed"));
    }

    /** Pauses the verticles that {@code paused} accepts, and resumes the others. */
    Future<Void> setPaused(Predicate<String> paused) {
        isPaused = paused;
        return applyModes();
    }

    private Future<Void> applyModes() {
        return Future.join(deployed.values().stream().map(this::applyMode).toList())
                .mapEmpty();
    }

    private Future<Void> applyMode(Deployed verticle) {
        ConsumerMode mode = modeOf(verticle.deployment().name());
        List<StageVerticle> consumers = verticle.consumers();
        return Future.join(consumers.stream()
                        .map(consumer -> switch (mode) {
                            case RUNNING -> consumer.resume();
                            case PAUSED -> consumer.pause();
                            case PROBING -> consumer == consumers.get(0) ? consumer.probe() : consumer.pause();
                        })
                        .toList())
                .mapEmpty();
    }

    /** Operators decide first, then the runs. */
    private ConsumerMode modeOf(String name) {
        return isPaused.test(name) || draining.contains(name) ? ConsumerMode.PAUSED : health.modeOf(name);
    }

    /** Undeploys all verticles, {@code last} after the others, and deploys no more; a failure is logged. */
    Future<Void> close(String last) {
        closed = true;
        List<String> others = new ArrayList<>(deployed.keySet());
        others.remove(last);
        return Future.join(others.stream().map(this::undeploy).toList())
                .transform(undeployed -> undeploy(last))
                .onFailure(cause -> LOG.atWarn().setCause(cause).log("verticle failed to stop"));
    }

    /** The status of each configured or deployed verticle. */
    List<VerticleStatus> status() {
        return Stream.concat(names().stream(), deployed.keySet().stream())
                .distinct()
                .map(this::status)
                .toList();
    }

    private VerticleStatus status(String name) {
        Deployed running = deployed.get(name);
        if (running == null) {
            VerticleDeployment configured = find(name);
            return new VerticleStatus(name, 0, configured.concurrency(), 0, VerticleStatus.State.STOPPED);
        }
        VerticleStatus.State state = draining.contains(name)
                ? VerticleStatus.State.DRAINING
                : running.deployment().concurrency() > 0 && modeOf(name) != ConsumerMode.RUNNING
                        ? VerticleStatus.State.PAUSED
                        : VerticleStatus.State.RUNNING;
        return new VerticleStatus(
                name,
                running.deployment().instances(),
                running.deployment().concurrency(),
                running.inUse(),
                state,
                health.find(name).flatMap(StageHealth::problem),
                health.find(name).flatMap(StageHealth::sinceCompleted));
    }

    /**
     * Checks that these verticles exist.
     *
     * @throws IllegalArgumentException naming the first that does not
     */
    void requireKnown(Collection<String> names) {
        names.stream().filter(name -> !names().contains(name)).findFirst().ifPresent(name -> {
            throw unknown(name);
        });
    }

    private VerticleDeployment find(String name) {
        return verticles.stream()
                .filter(verticle -> verticle.name().equals(name))
                .findFirst()
                .orElseThrow(() -> unknown(name));
    }

    private IllegalArgumentException unknown(String name) {
        return new IllegalArgumentException(
                "unknown verticle '" + name + "'; known verticles: " + String.join(", ", names()));
    }
}
