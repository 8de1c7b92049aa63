package dev.sluice.app;

import dev.sluice.backend.job.JobSubmissionService;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ParallelTasks;
import dev.sluice.config.SluiceConfig;
import dev.sluice.job.DeliveryStepListener;
import dev.sluice.objectstore.ObjectStore;
import dev.sluice.persistence.job.JobRepository;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pipeline of one process, running: its verticles can be taken down and put up again one by one. */
public final class Sluice {
    private static final Logger LOG = LoggerFactory.getLogger(Sluice.class);

    private final Vertx vertx;
    private final Services services;
    private final List<Pipeline.VerticleDeployment> parts;
    private final Map<String, String> deployments = new ConcurrentHashMap<>();

    private Sluice(Vertx vertx, Services services) {
        this.vertx = vertx;
        this.services = services;
        this.parts = new Pipeline(services).deployments();
    }

    /**
     * Opens what the pipeline needs and puts all its verticles up. A broker or database that is not there yet is waited for;
     * fails for what waiting does not mend.
     */
    public static Future<Sluice> start(Vertx vertx, SluiceConfig config) {
        return start(vertx, config, DeliveryStepListener.NOOP);
    }

    /** The same, with somebody who is told of every milestone of a delivery: a test that wants to stop the process there. */
    public static Future<Sluice> start(Vertx vertx, SluiceConfig config, DeliveryStepListener stepListener) {
        return start(vertx, config, new CancellationToken(), stepListener);
    }

    static Future<Sluice> start(
            Vertx vertx, SluiceConfig config, CancellationToken startup, DeliveryStepListener stepListener) {
        return Services.open(vertx, config, startup, stepListener).compose(services -> {
            Sluice sluice = new Sluice(vertx, services);
            return startup.failIfCancelled()
                    .compose(on -> sluice.deployAll())
                    .map(sluice)
                    .recover(cause -> sluice.stop().transform(stopped -> Future.failedFuture(cause)));
        });
    }

    /** The names of the verticles, in the order of a video's way. */
    public List<String> verticles() {
        return parts.stream().map(Pipeline.VerticleDeployment::name).toList();
    }

    /**
     * Takes a verticle down: it stops consuming, gives back what it had begun, and leaves nothing behind.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    public Future<Void> undeploy(String verticle) {
        String deployment = deployments.remove(part(verticle).name());
        return deployment == null ? Future.succeededFuture() : vertx.undeploy(deployment);
    }

    /**
     * Puts a verticle up that is down; does nothing when it is up.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    public Future<Void> deploy(String verticle) {
        Pipeline.VerticleDeployment part = part(verticle);
        if (part.instances() == 0 || deployments.containsKey(verticle)) {
            return Future.succeededFuture();
        }
        DeploymentOptions options = new DeploymentOptions().setInstances(part.instances());
        return vertx.deployVerticle(part.verticle(), options)
                .onSuccess(deployment -> deployments.put(verticle, deployment))
                .mapEmpty();
    }

    /** How jobs begin and stand. */
    public JobRepository jobs() {
        return services.jobs();
    }

    /** Makes jobs for this pipeline of local files. */
    public JobSubmissionService submission() {
        return new JobSubmissionService(
                services.objectStore(), services.jobs(), services.runServices().updates()::notifyOutbox);
    }

    /** The object store, as the stages see it. */
    public ObjectStore objectStore() {
        return services.objectStore();
    }

    /** Takes all verticles down, the stages before the publisher, and closes what they shared. */
    public Future<Void> stop() {
        LOG.atInfo().log("pipeline stops");
        List<String> stages = new ArrayList<>(verticles());
        stages.remove(Pipeline.PUBLISHER);
        Collections.reverse(stages);
        return Future.join(stages.stream().map(this::undeploy).toList())
                .transform(down -> undeploy(Pipeline.PUBLISHER))
                .onFailure(cause -> LOG.atWarn().setCause(cause).log("a verticle did not stop as it should"))
                .transform(down -> services.close())
                .onComplete(closed -> LOG.atInfo().log("pipeline is down"));
    }

    private Future<Void> deployAll() {
        return ParallelTasks.sequentially(parts, part -> deploy(part.name()))
                .onSuccess(all -> LOG.atInfo()
                        .addKeyValue("worker", services.runServices().worker())
                        .addKeyValue("verticles", describe())
                        .log("pipeline is up"));
    }

    private String describe() {
        return String.join(
                ", ",
                parts.stream()
                        .map(part -> part.name() + " x" + part.instances())
                        .toList());
    }

    private Pipeline.VerticleDeployment part(String verticle) {
        return parts.stream()
                .filter(part -> part.name().equals(verticle))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "no verticle is called '" + verticle + "'; there are " + verticles()));
    }
}
