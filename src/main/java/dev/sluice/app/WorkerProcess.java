package dev.sluice.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.sluice.config.StageConfig;
import dev.sluice.job.StageName;
import dev.sluice.persistence.worker.WorkerCommand;
import dev.sluice.persistence.worker.WorkerStatus;
import dev.sluice.worker.ManagedWorker;
import dev.sluice.worker.WorkerId;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/** This process as commands reach it. */
final class WorkerProcess implements ManagedWorker {
    private final VerticleDeployer deployer;
    private final ConfigReloader reloader;
    private final Runnable exit;
    private final Instant startedAt = Instant.now();
    private volatile boolean draining;

    /** @param exit ends the process; returns at once */
    WorkerProcess(VerticleDeployer deployer, ConfigReloader reloader, Runnable exit) {
        this.deployer = deployer;
        this.reloader = reloader;
        this.exit = exit;
    }

    @Override
    public WorkerStatus status() {
        return new WorkerStatus(
                reloader.services().runServices().worker(),
                WorkerId.host(),
                Version.current(),
                startedAt,
                draining,
                deployer.status(),
                reloader.status());
    }

    @Override
    public Future<Void> setPausedStages(Set<String> stages) {
        return reloader.services()
                .runServices()
                .health()
                .resumeWithoutPeers()
                .compose(checked -> deployer.setPaused(verticle -> draining || stages.contains(verticle)));
    }

    @Override
    public Future<Void> pollConfig() {
        return reloader.poll();
    }

    @Override
    public Future<String> execute(WorkerCommand command) {
        JsonObject arguments = command.arguments();
        return switch (command.action()) {
            case REDEPLOY -> redeploy(arguments);
            case SCALE -> scale(arguments);
            case DRAIN -> drain(arguments);
            case LOG_LEVEL -> setLogLevel(arguments);
        };
    }

    private Future<String> redeploy(JsonObject arguments) {
        List<String> verticles = required(arguments, "verticles", JsonArray.class).stream()
                .map(String.class::cast)
                .toList();
        return reloader.redeploy(verticles, drainOf(arguments))
                .map(redeployed -> "Redeployed: " + String.join(", ", redeployed) + ".");
    }

    private Future<String> scale(JsonObject arguments) {
        StageName stage = stage(required(arguments, "stage", String.class));
        StageConfig before = reloader.services().config().stage(stage);
        StageConfig after = before.scaled(
                arguments.getInteger("instances", before.instances()),
                arguments.getInteger("concurrency", before.concurrency()));
        return reloader.scale(stage, config -> config.with(stage, after), drainOf(arguments))
                .map(redeployed -> "Scaled: " + stage.key() + ", instances " + after.instances() + ", concurrency "
                        + after.concurrency() + ".");
    }

    private static StageName stage(String key) {
        return Stream.of(StageName.values())
                .filter(stage -> stage.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown stage '" + key + "'"));
    }

    private Future<String> drain(JsonObject arguments) {
        List<String> consumers = deployer.consumerNames();
        return stopConsuming(drainOf(arguments))
                .compose(drained ->
                        Future.join(consumers.stream().map(deployer::undeploy).toList()))
                .map("Drained: " + String.join(", ", consumers) + ".");
    }

    /** Stops consuming; completes when no run is in progress, or after {@code limit}. Never fails. */
    Future<Void> stopConsuming(Duration limit) {
        draining = true;
        return Future.join(deployer.consumerNames().stream()
                        .map(verticle -> deployer.drain(verticle, limit))
                        .toList())
                .mapEmpty();
    }

    private static Future<String> setLogLevel(JsonObject arguments) {
        String name = required(arguments, "logger", String.class);
        String wanted = required(arguments, "level", String.class);
        Level level = Level.toLevel(wanted, null);
        if (level == null || !(LoggerFactory.getLogger(name) instanceof Logger logger)) {
            throw new IllegalArgumentException("unknown log level '" + wanted + "'");
        }
        logger.setLevel(level);
        return Future.succeededFuture("Log level of " + name + ": " + level + ".");
    }

    private static <T> T required(JsonObject arguments, String name, Class<T> type) {
        Object value = arguments.getValue(name);
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException("the command needs '" + name + "'");
        }
        return type.cast(value);
    }

    private static Duration drainOf(JsonObject arguments) {
        return Duration.ofSeconds(arguments.getInteger("drainSeconds"));
    }

    @Override
    public void exit() {
        exit.run();
    }
}
