package dev.sluice.http.handler;

import dev.sluice.backend.admin.BacklogHistory;
import dev.sluice.backend.admin.BacklogHistory.Sample;
import dev.sluice.backend.admin.FleetService;
import dev.sluice.backend.job.OperationResult;
import dev.sluice.job.StageName;
import dev.sluice.persistence.job.BacklogRepository.StageBacklog;
import dev.sluice.persistence.job.JobQueryRepository;
import dev.sluice.persistence.job.WorkerLoad;
import dev.sluice.persistence.worker.RegisteredWorker;
import dev.sluice.persistence.worker.WorkerCommand.Action;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Observes and controls the workers, for administrators. */
public final class FleetHandler {
    /** For the answer of a worker, in addition to the time for runs to finish. */
    private static final Duration ANSWER = Duration.ofSeconds(20);

    private static final int DEFAULT_DRAIN_SECONDS = 10;

    private final FleetService fleet;
    private final BacklogHistory backlog;
    private final JobQueryRepository queries;

    public FleetHandler(FleetService fleet, BacklogHistory backlog, JobQueryRepository queries) {
        this.fleet = fleet;
        this.backlog = backlog;
        this.queries = queries;
    }

    public Map<String, OperationHandler> handlers() {
        return Map.of(
                "listWorkers",
                this::list,
                "listStages",
                this::stages,
                "pauseStage",
                call -> act(
                        call,
                        () -> fleet.pause(
                                call.pathParameter("stage"), call.caller().subject())),
                "resumeStage",
                call -> act(call, () -> fleet.resume(call.pathParameter("stage"))),
                "commandWorker",
                call -> act(call, () -> command(call)));
    }

    private Future<JsonObject> list(ApiRequest call) {
        call.requireAdmin();
        Future<List<RegisteredWorker>> workers = fleet.workers();
        Future<List<WorkerLoad>> loads = queries.workerLoads();
        Future<Set<String>> paused = fleet.pausedStages();
        return Future.all(workers, loads, paused).map(all -> {
            JsonArray hosts = new JsonArray();
            workers.result()
                    .forEach(worker -> hosts.add(worker.toJson()
                            .put("runs", runs(loads.result(), worker.status().worker()))));
            return new JsonObject()
                    .put("hosts", hosts)
                    .put("pausedStages", new JsonArray(List.copyOf(new TreeSet<>(paused.result()))));
        });
    }

    private Future<JsonObject> stages(ApiRequest call) {
        call.requireAdmin();
        Future<Set<String>> paused = fleet.pausedStages();
        Future<Map<StageName, StageBacklog>> current = backlog.current();
        return Future.all(paused, current).map(both -> {
            List<Sample> samples = backlog.samples();
            JsonArray stages = new JsonArray();
            for (StageName stage : StageName.values()) {
                StageBacklog now = Objects.requireNonNull(current.result().get(stage));
                stages.add(StageJson.of(stage, now, samples)
                        .put("paused", paused.result().contains(stage.key())));
            }
            return new JsonObject()
                    .put("interval_seconds", BacklogHistory.INTERVAL.toSeconds())
                    .put("stages", stages);
        });
    }

    private static JsonArray runs(List<WorkerLoad> loads, String worker) {
        JsonArray runs = new JsonArray();
        loads.stream()
                .filter(load -> load.worker().equals(worker))
                .forEach(load ->
                        runs.add(new JsonObject().put("stage", load.stage()).put("running", load.running())));
        return runs;
    }

    private Future<OperationResult> command(ApiRequest call) {
        String worker = call.pathParameter("worker");
        JsonObject arguments = call.body().copy();
        Action action = Action.valueOf(((String) arguments.remove("action")).toUpperCase(Locale.ROOT));
        int drain = arguments.getInteger("drainSeconds", DEFAULT_DRAIN_SECONDS);
        arguments.put("drainSeconds", drain);
        FleetService.Command command =
                new FleetService.Command(action, arguments, call.caller().subject(), ANSWER.plusSeconds(drain));
        return fleet.send(candidate -> candidate.status().worker().equals(worker), command)
                .map(results -> results.get(0));
    }

    private static Future<JsonObject> act(ApiRequest call, Supplier<Future<OperationResult>> action) {
        call.requireAdmin();
        return action.get().map(JobHandler::toJson);
    }
}
