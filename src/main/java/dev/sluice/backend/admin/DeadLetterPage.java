package dev.sluice.backend.admin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * The first dead letters of the queue.
 *
 * @param hasMore whether the queue has more
 */
public record DeadLetterPage(List<DeadLetterSummary> deadLetters, boolean hasMore) {
    public DeadLetterPage {
        deadLetters = List.copyOf(deadLetters);
    }

    JsonObject toJson() {
        JsonArray letters = new JsonArray();
        deadLetters.forEach(letter -> letters.add(letter.toJson()));
        return new JsonObject().put("letters", letters).put("more", hasMore);
    }
}
