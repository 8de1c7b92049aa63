package dev.sluice.http.handler;

import dev.sluice.backend.admin.DeadLetter;
import dev.sluice.backend.admin.DeadLetterService;
import dev.sluice.backend.job.OperationResult;
import dev.sluice.backend.job.RequestRejectedException;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Operations on dead letters, for administrators. */
public final class DeadLetterHandler {
    private final DeadLetterService deadLetters;

    public DeadLetterHandler(DeadLetterService deadLetters) {
        this.deadLetters = deadLetters;
    }

    public Map<String, OperationHandler> handlers() {
        return Map.of(
                "listDeadLetters",
                this::list,
                "getDeadLetter",
                this::get,
                "replayDeadLetter",
                call -> act(call, deadLetters::replay),
                "deleteDeadLetter",
                call -> act(call, deadLetters::discard));
    }

    private Future<JsonObject> list(ApiRequest call) {
        call.requireAdmin();
        return deadLetters.listAsJson();
    }

    private Future<JsonObject> get(ApiRequest call) {
        call.requireAdmin();
        return deadLetters
                .find(call.pathParameter("deadLetterId"))
                .map(found -> found.map(DeadLetterHandler::details)
                        .orElseThrow(() -> new RequestRejectedException(
                                RequestRejectedException.Reason.NOT_FOUND,
                                "Dead letter not found, or another process is browsing it.")));
    }

    private static JsonObject details(DeadLetter letter) {
        return letter.summary()
                .toJson()
                .put("headers", letter.headers())
                .put("body", letter.body().toString(StandardCharsets.UTF_8));
    }

    private static Future<JsonObject> act(
            ApiRequest call, Function<List<String>, Future<List<OperationResult>>> action) {
        call.requireAdmin();
        return action.apply(List.of(call.pathParameter("deadLetterId")))
                .map(results -> JobHandler.toJson(results.get(0)));
    }
}
