package dev.sluice.backend.admin;

import dev.sluice.backend.job.OperationResult;
import dev.sluice.persistence.worker.CommandRepository;
import dev.sluice.persistence.worker.RegisteredWorker;
import dev.sluice.persistence.worker.WorkerCommand.Action;
import dev.sluice.persistence.worker.WorkerCommand.Result;
import dev.sluice.persistence.worker.WorkerRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Observes the workers, and sends commands to them through the database. Threads: any. */
public final class FleetService {
    private static final Duration POLL = Duration.ofMillis(200);

    private final Vertx vertx;
    private final WorkerRegistry registry;

    /**
     * A command to some workers.
     *
     * @param requestedBy for the log of the worker
     * @param timeout for the answer of each worker
     */
    public record Command(Action action, JsonObject arguments, String requestedBy, Duration timeout) {}

    public FleetService(Vertx vertx, WorkerRegistry registry) {
        this.vertx = vertx;
        this.registry = registry;
    }

    /** All workers, by host and time of start; lost ones for a day. */
    public Future<List<RegisteredWorker>> workers() {
        return registry.workers().list();
    }

    /** The paused stages. */
    public Future<Set<String>> pausedStages() {
        return registry.pausedStages().list();
    }

    /** Pauses a stage on all workers, including those that start later. */
    public Future<OperationResult> pause(String stage, String requestedBy) {
        return registry.pausedStages()
                .pause(stage, requestedBy)
                .map(paused -> paused
                        ? OperationResult.applied(stage, "Paused on all workers.")
                        : OperationResult.conflict(stage, "The stage is already paused."));
    }

    /** Ends the pause of a stage. */
    public Future<OperationResult> resume(String stage) {
        return registry.pausedStages()
                .resume(stage)
                .map(resumed -> resumed
                        ? OperationResult.applied(stage, "Resumed on all workers.")
                        : OperationResult.conflict(stage, "The stage is not paused."));
    }

    /**
     * Sends a command to the selected workers, one after the other, and waits for each answer. Stops at the first failure. Lost
     * workers receive no command.
     */
    public Future<List<OperationResult>> send(Predicate<RegisteredWorker> selected, Command command) {
        return workers().compose(workers -> {
            List<String> targets = workers.stream()
                    .filter(worker -> !worker.lost())
                    .filter(selected)
                    .map(worker -> worker.status().worker())
                    .toList();
            return targets.isEmpty()
                    ? Future.succeededFuture(List.of(OperationResult.notFound("-", "No such worker is running.")))
                    : sendInTurn(targets, command, new ArrayList<>());
        });
    }

    private Future<List<OperationResult>> sendInTurn(
            List<String> workers, Command command, List<OperationResult> results) {
        if (workers.isEmpty()) {
            return Future.succeededFuture(List.copyOf(results));
        }
        return send(workers.get(0), command).compose(result -> {
            results.add(result);
            List<String> others = workers.subList(1, workers.size());
            if (!result.isApplied()) {
                others.forEach(worker -> results.add(OperationResult.conflict(worker, "Not sent after the failure.")));
                return Future.succeededFuture(List.copyOf(results));
            }
            return sendInTurn(others, command, results);
        });
    }

    private Future<OperationResult> send(String worker, Command command) {
        CommandRepository commands = registry.commands();
        long deadline = System.nanoTime() + command.timeout().toNanos();
        return commands.send(worker, command.action(), command.arguments(), command.requestedBy(), command.timeout())
                .compose(id -> awaitResult(id, deadline))
                .map(result -> result.map(known -> known.succeeded()
                                ? OperationResult.applied(worker, known.message())
                                : OperationResult.conflict(worker, known.message()))
                        .orElseGet(() -> OperationResult.conflict(
                                worker, "No answer within " + command.timeout().toSeconds() + " s.")));
    }

    private Future<Optional<Result>> awaitResult(long command, long deadline) {
        return registry.commands()
                .findResult(command)
                .compose(result -> result.isPresent() || System.nanoTime() > deadline
                        ? Future.succeededFuture(result)
                        : vertx.timer(POLL.toMillis()).compose(later -> awaitResult(command, deadline)));
    }
}
