package dev.sluice.http.handler;

import dev.sluice.broker.QueueInspector;
import dev.sluice.broker.Topology;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Objects;

/** Status of the queues, for administrators. */
public final class SystemStatusHandler {

    private final QueueInspector queueInspector;

    public SystemStatusHandler(QueueInspector queueInspector) {
        this.queueInspector = queueInspector;
    }

    public Map<String, OperationHandler> handlers() {
        return Map.of("listQueues", this::queues);
    }

    private Future<JsonObject> queues(ApiRequest call) {
        call.requireAdmin();
        return queueInspector.inspect(Topology.OBSERVED_QUEUES).map(found -> {
            JsonArray array = new JsonArray();
            Topology.OBSERVED_QUEUES.forEach(name -> array.add(new JsonObject()
                    .put("name", name)
                    .put("messages", Objects.requireNonNull(found.get(name)).messages())
                    .put("consumers", Objects.requireNonNull(found.get(name)).consumers())));
            return new JsonObject().put("queues", array);
        });
    }
}
