package dev.sluice.http.handler;

import dev.sluice.broker.QueueInspector;
import dev.sluice.broker.Topology;
import dev.sluice.persistence.job.JobQueryRepository;
import dev.sluice.persistence.job.WorkerLoad;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** Status of queues and workers, for administrators. */
public final class SystemStatusHandler {
    private static final List<String> QUEUES = Stream.concat(
                    Topology.INPUT_QUEUES.stream(), Stream.of(Topology.DEAD_LETTER_QUEUE))
            .toList();

    private final QueueInspector queueInspector;
    private final JobQueryRepository queries;

    public SystemStatusHandler(QueueInspector queueInspector, JobQueryRepository queries) {
        this.queueInspector = queueInspector;
        this.queries = queries;
    }

    public Map<String, OperationHandler> handlers() {
        return Map.of("listQueues", this::queues, "listWorkers", this::workers);
    }

    private Future<JsonObject> queues(ApiRequest call) {
        call.requireAdmin();
        return queueInspector.inspect(QUEUES).map(found -> {
            JsonArray array = new JsonArray();
            QUEUES.forEach(name -> array.add(new JsonObject()
                    .put("name", name)
                    .put("messages", Objects.requireNonNull(found.get(name)).messages())
                    .put("consumers", Objects.requireNonNull(found.get(name)).consumers())));
            return new JsonObject().put("queues", array);
        });
    }

    private Future<JsonObject> workers(ApiRequest call) {
        call.requireAdmin();
        return queries.workerLoads().map(SystemStatusHandler::byWorker);
    }

    private static JsonObject byWorker(List<WorkerLoad> loads) {
        Map<String, JsonArray> runs = new LinkedHashMap<>();
        loads.forEach(load -> runs.computeIfAbsent(load.worker(), worker -> new JsonArray())
                .add(new JsonObject().put("stage", load.stage()).put("running", load.running())));
        JsonArray workers = new JsonArray();
        runs.forEach((worker, stages) ->
                workers.add(new JsonObject().put("worker", worker).put("runs", stages)));
        return new JsonObject().put("hosts", workers);
    }
}
