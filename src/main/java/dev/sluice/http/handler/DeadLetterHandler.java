package dev.sluice.http.handler;

import dev.sluice.backend.admin.DeadLetter;
import dev.sluice.backend.admin.DeadLetterService;
import dev.sluice.backend.job.OperationResult;
import dev.sluice.backend.job.RequestRejectedException;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The dead letters: for admins. */
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
        return deadLetters.list().map(list -> {
            JsonArray array = new JsonArray();
            list.deadLetters().forEach(letter -> array.add(letter.toJson()));
            return new JsonObject().put("letters", array).put("more", list.hasMore());
        });
    }

    private Future<JsonObject> get(ApiRequest call) {
        call.requireAdmin();
        return deadLetters
                .find(call.pathParameter("deadLetterId"))
                .map(
                        found -> found.map(DeadLetterHandler::whole)
                                .orElseThrow(
                                        () -> new RequestRejectedException(
                                                RequestRejectedException.Reason.NOT_FOUND,
                                                "There is no dead letter of this id, or somebody else is looking at it at this moment.")));
    }

    private static JsonObject whole(DeadLetter letter) {
        return letter.toJson()
                .put("headers", letter.headers())
                .put("body", letter.body().toString(StandardCharsets.UTF_8));
    }

    private static Future<JsonObject> act(
            ApiRequest call, Function<List<String>, Future<List<OperationResult>>> action) {
        call.requireAdmin();
        return action.apply(List.of(call.pathParameter("deadLetterId")))
                .map(answers -> JobHandler.toJson(answers.get(0)));
    }
}
