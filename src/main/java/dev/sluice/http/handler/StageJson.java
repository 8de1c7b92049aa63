package dev.sluice.http.handler;

import dev.sluice.backend.admin.BacklogHistory.Sample;
import dev.sluice.job.StageName;
import dev.sluice.persistence.job.BacklogRepository.StageBacklog;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Objects;

/** Converts the backlog of a stage to JSON. */
final class StageJson {
    private StageJson() {}

    /** The figures of now, and those of the samples as series. */
    static JsonObject of(StageName stage, StageBacklog now, List<Sample> samples) {
        JsonArray waiting = new JsonArray();
        JsonArray oldest = new JsonArray();
        JsonArray finished = new JsonArray();
        for (Sample sample : samples) {
            StageBacklog then = Objects.requireNonNull(sample.backlog().get(stage));
            waiting.add(then.waiting());
            oldest.add(Math.round(then.oldestWaitingSeconds()));
            finished.add(sample.finished().getOrDefault(stage, 0L));
        }
        return new JsonObject()
                .put("stage", stage.key())
                .put("waiting", now.waiting())
                .put("running", now.running())
                .put("delayed", now.delayed())
                .put("held", now.held())
                .put("oldest_waiting_seconds", Math.round(now.oldestWaitingSeconds()))
                .put(
                        "last_hour",
                        new JsonObject()
                                .put("waiting", waiting)
                                .put("finished", finished)
                                .put("oldest_waiting_seconds", oldest));
    }
}
