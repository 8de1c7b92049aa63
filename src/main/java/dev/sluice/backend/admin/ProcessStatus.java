package dev.sluice.backend.admin;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;

/** Health and version of this process as JSON. Discloses no host or user names. For use on one context. */
public final class ProcessStatus {
    private final HealthCheck check;
    private final ProcessInfo process;

    public ProcessStatus(HealthCheck check, ProcessInfo process) {
        this.check = check;
        this.process = process;
    }

    /** Whether each service responds; never fails. */
    public Future<JsonObject> health() {
        return check.check().map(report -> {
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

    /** Whether the process can do its work; never fails. */
    public Future<Boolean> isReady() {
        return check.check().map(HealthCheck.HealthReport::isReady);
    }

    /** Returns name, version, start time and uptime. */
    public JsonObject info() {
        return new JsonObject()
                .put("name", "sluice")
                .put("version", process.version())
                .put("started_at", process.startedAt().toString())
                .put("uptime", uptime());
    }

    /** Returns the response of a probe that succeeds. */
    public static JsonObject up() {
        return new JsonObject().put("status", "up");
    }

    private double uptime() {
        return Duration.between(process.startedAt(), Instant.now()).toMillis() / 1000.0;
    }
}
