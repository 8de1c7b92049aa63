package dev.sluice.worker;

import dev.sluice.common.async.PeriodicTask;
import dev.sluice.persistence.worker.WorkerCommand;
import dev.sluice.persistence.worker.WorkerCommand.Action;
import dev.sluice.persistence.worker.WorkerCommand.Result;
import dev.sluice.persistence.worker.WorkerRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the row of this process in the worker registry, and executes the commands to it one after the other. A database that is
 * unavailable delays both, and affects no job.
 */
public final class WorkerVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerVerticle.class);
    /** Notifications are immediate; the poll finds what was sent while the listener was disconnected. */
    private static final Duration COMMAND_POLL = Duration.ofSeconds(2);

    private static final Duration CONFIG_POLL = Duration.ofSeconds(1);
    private static final Duration PURGE_INTERVAL = Duration.ofHours(1);

    private final WorkerRegistry registry;
    private final ManagedWorker worker;
    private final String name;
    private final Duration refreshInterval;
    private List<PeriodicTask> tasks = List.of();
    private boolean executing;
    private boolean failing;
    private boolean stopping;

    /** @param refreshInterval of the row */
    public WorkerVerticle(WorkerRegistry registry, ManagedWorker worker, Duration refreshInterval) {
        this.registry = registry;
        this.worker = worker;
        this.name = worker.status().worker();
        this.refreshInterval = refreshInterval;
    }

    @Override
    public Future<?> start() {
        tasks = List.of(
                started(refreshInterval, this::refresh),
                started(COMMAND_POLL, this::pollCommands),
                started(CONFIG_POLL, worker::pollConfig),
                started(PURGE_INTERVAL, this::purge));
        return refresh();
    }

    private Future<Void> pollCommands() {
        return executeNext().transform(done -> Future.succeededFuture());
    }

    private PeriodicTask started(Duration interval, Supplier<Future<Void>> task) {
        PeriodicTask periodic = new PeriodicTask(vertx, interval, task);
        periodic.start();
        return periodic;
    }

    /** Looks for commands and paused stages now; before the deployment, the first poll finds them. Threads: any. */
    public void onNotification() {
        Context own = context;
        if (own != null) {
            own.runOnContext(v -> Future.join(refresh(), executeNext()).onFailure(this::logFirst));
        }
    }

    /** Removes the row: a worker that stops is not lost. */
    @Override
    public Future<?> stop() {
        stopping = true;
        return Future.join(tasks.stream().map(PeriodicTask::stop).toList())
                .transform(stopped -> registry.workers().remove(name))
                .onFailure(cause -> LOG.atDebug().setCause(cause).log("worker not removed from the registry"))
                .transform(removed -> Future.succeededFuture());
    }

    /** Applies the paused stages and reports the status; never fails. */
    private Future<Void> refresh() {
        if (stopping) {
            return Future.succeededFuture();
        }
        return registry.pausedStages()
                .list()
                .compose(worker::setPausedStages)
                .compose(applied -> registry.workers().save(worker.status()))
                .onSuccess(saved -> failing = false)
                .onFailure(this::logFirst)
                .otherwiseEmpty();
    }

    private void logFirst(Throwable cause) {
        if (!failing) {
            LOG.atWarn()
                    .addKeyValue("error", String.valueOf(cause.getMessage()))
                    .log("worker registry unavailable; retrying");
        }
        failing = true;
    }

    private Future<Void> purge() {
        return Future.join(
                        registry.workers().forgetLost(),
                        registry.commands().purge(),
                        registry.encodeSpeeds().forgetOld())
                .onFailure(this::logFirst)
                .transform(purged -> Future.succeededFuture());
    }

    private Future<Void> executeNext() {
        if (executing || stopping) {
            return Future.succeededFuture();
        }
        executing = true;
        return registry.commands()
                .take(name)
                .onComplete(taken -> executing = false)
                .compose(taken -> taken.isEmpty()
                        ? Future.succeededFuture()
                        : execute(taken.get()).compose(done -> executeNext()));
    }

    private Future<Void> execute(WorkerCommand command) {
        executing = true;
        LOG.atInfo()
                .addKeyValue("command", command.action())
                .addKeyValue("arguments", command.arguments().encode())
                .addKeyValue("requestedBy", command.requestedBy())
                .log("command received");
        return Future.<Void>succeededFuture()
                .compose(now -> worker.execute(command))
                .map(message -> new Result(true, message))
                .otherwise(cause -> new Result(false, String.valueOf(cause.getMessage())))
                .onSuccess(result -> LOG.atInfo()
                        .addKeyValue("command", command.action())
                        .addKeyValue("succeeded", result.succeeded())
                        .addKeyValue("result", result.message())
                        .log("command executed"))
                .compose(result ->
                        refresh().compose(reported -> registry.commands().end(command.id(), result)))
                .onComplete(ended -> {
                    executing = false;
                    exitIfRequested(command);
                });
    }

    private void exitIfRequested(WorkerCommand command) {
        if (command.action() == Action.DRAIN && command.arguments().getBoolean("exit", false)) {
            worker.exit();
        }
    }
}
