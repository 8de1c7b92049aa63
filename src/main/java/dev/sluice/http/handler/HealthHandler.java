package dev.sluice.http.handler;

import dev.sluice.backend.admin.HealthCheck;
import dev.sluice.backend.admin.ProcessInfo;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** How this process is, for whoever watches it; no token is asked for, and no name of a host or user is given away. */
public final class HealthHandler {
    private final HealthCheck health;
    private final ProcessInfo identity;
    private final JsonObject contract;

    public HealthHandler(HealthCheck health, ProcessInfo identity, JsonObject contract) {
        this.health = health;
        this.identity = identity;
        this.contract = contract;
    }

    public Map<String, OperationHandler> handlers() {
        return Map.of(
                "health", call -> health(),
                "info", call -> Future.succeededFuture(info()),
                "live", call -> Future.succeededFuture(up()),
                "ready", call -> ready(),
                "openapi", call -> Future.succeededFuture(contract));
    }

    private Future<JsonObject> health() {
        return health.check().map(found -> {
            JsonObject services = new JsonObject();
            found.services()
                    .forEach((name, well) -> services.put(name, new JsonObject().put("status", well ? "up" : "down")));
            return new JsonObject()
                    .put("status", found.isWell() ? "ok" : "degraded")
                    .put("timestamp", Instant.now().toString())
                    .put("uptime", uptime())
                    .put("services", services);
        });
    }

    private JsonObject info() {
        return new JsonObject()
                .put("name", "sluice")
                .put("version", identity.version())
                .put("started_at", identity.startedAt().toString())
                .put("uptime", uptime());
    }

    private Future<JsonObject> ready() {
        return health.check().map(found -> {
            if (!found.isReady()) {
                throw new JobException(ErrorCode.DATABASE_UNAVAILABLE, "The database cannot be reached.");
            }
            return up();
        });
    }

    private static JsonObject up() {
        return new JsonObject().put("status", "up");
    }

    private double uptime() {
        return Duration.between(identity.startedAt(), Instant.now()).toMillis() / 1000.0;
    }
}
