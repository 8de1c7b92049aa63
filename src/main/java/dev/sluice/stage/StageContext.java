package dev.sluice.stage;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.job.Attempt;
import dev.sluice.message.StagedJob;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.SortedMap;
import java.util.function.Supplier;

/**
 * Input of a run.
 *
 * @param progress receives the completed fraction, 0 to 1
 * @param taskResults loads the results of the job's completed segment tasks, by task number
 */
public record StageContext(
        Attempt attempt,
        StagedJob job,
        ProgressListener progress,
        CancellationToken cancellation,
        Checkpoint checkpoint,
        Supplier<Future<SortedMap<Integer, JsonObject>>> taskResults) {
    /** For parts of the run that can be cancelled alone. */
    public StageContext cancellable() {
        return new StageContext(attempt, job, progress, cancellation.child(), checkpoint, taskResults);
    }
}
