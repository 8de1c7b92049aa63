package dev.sluice.http.handler;

import dev.sluice.backend.admin.DeadLetter;
import dev.sluice.backend.admin.DeadLetters;
import dev.sluice.backend.job.Answer;
import dev.sluice.backend.job.Refusal;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The dead letters: for admins. */
public final class DeadLetterOperations {
    private final DeadLetters letters;

    public DeadLetterOperations(DeadLetters letters) {
        this.letters = letters;
    }

    public Map<String, Operation> operations() {
        return Map.of(
                "listDeadLetters",
                this::list,
                "getDeadLetter",
                this::get,
                "replayDeadLetter",
                call -> act(call, letters::replay),
                "dropDeadLetter",
                call -> act(call, letters::drop));
    }

    private Future<JsonObject> list(Call call) {
        call.requireAdmin();
        return letters.list().map(list -> {
            JsonArray array = new JsonArray();
            list.letters().forEach(letter -> array.add(letter.toJson()));
            return new JsonObject().put("letters", array).put("more", list.more());
        });
    }

    private Future<JsonObject> get(Call call) {
        call.requireAdmin();
        return letters.find(call.name("letterId"))
                .map(
                        found -> found.map(DeadLetterOperations::whole)
                                .orElseThrow(
                                        () -> new Refusal(
                                                Refusal.Reason.UNKNOWN,
                                                "There is no dead letter of this id, or somebody else is looking at it at this moment.")));
    }

    private static JsonObject whole(DeadLetter letter) {
        return letter.toJson()
                .put("headers", letter.headers())
                .put("body", letter.body().toString(StandardCharsets.UTF_8));
    }

    private static Future<JsonObject> act(Call call, Function<List<String>, Future<List<Answer>>> action) {
        call.requireAdmin();
        return action.apply(List.of(call.name("letterId"))).map(answers -> JobOperations.done(answers.get(0)));
    }
}
