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

/** Health and version of this process, for monitoring. Needs no token and discloses no host or user names. */
public final class HealthHandler {
    private final HealthCheck health;
    private final ProcessInfo process;
    private final JsonObject contract;

    public HealthHandler(HealthCheck health, ProcessInfo process, JsonObject contract) {
        this.health = health;
        this.process = process;
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
        return health.check().map(report -> {
            JsonObject services = new JsonObject();
            report.services()
                    .forEach((name, up) -> services.put(name, new JsonObject().put("status", up ? "up" : "down")));
            return new JsonObject()
                    .put("status", report.isHealthy() ? "ok" : "degraded")
                    .put("timestamp", Instant.now().toString())
                    .put("uptime", uptime())
                    .put("services", services);
        });
    }

    private JsonObject info() {
        return new JsonObject()
                .put("name", "sluice")
                .put("version", process.version())
                .put("started_at", process.startedAt().toString())
                .put("uptime", uptime());
    }

    private Future<JsonObject> ready() {
        return health.check().map(report -> {
            if (!report.isReady()) {
                throw new JobException(ErrorCode.DATABASE_UNAVAILABLE, "The database is unavailable.");
            }
            return up();
        });
    }

    private static JsonObject up() {
        return new JsonObject().put("status", "up");
    }

    private double uptime() {
        return Duration.between(process.startedAt(), Instant.now()).toMillis() / 1000.0;
    }
}
