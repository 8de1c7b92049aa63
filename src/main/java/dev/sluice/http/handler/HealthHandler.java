package dev.sluice.http.handler;

import dev.sluice.backend.admin.ProcessStatus;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/** Health and version of this process, for monitoring. Needs no token and discloses no host or user names. */
public final class HealthHandler {
    private final ProcessStatus status;
    private final JsonObject contract;

    public HealthHandler(ProcessStatus status, JsonObject contract) {
        this.status = status;
        this.contract = contract;
    }

    public Map<String, OperationHandler> handlers() {
        return Map.of(
                "health", call -> status.health(),
                "info", call -> Future.succeededFuture(status.info()),
                "live", call -> Future.succeededFuture(ProcessStatus.up()),
                "ready", call -> ready(),
                "openapi", call -> Future.succeededFuture(contract));
    }

    private Future<JsonObject> ready() {
        return status.isReady().map(ready -> {
            if (!ready) {
                throw new JobException(ErrorCode.DATABASE_UNAVAILABLE, "The database is unavailable.");
            }
            return ProcessStatus.up();
        });
    }
}
