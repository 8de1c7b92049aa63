package dev.sluice.stage;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.job.Attempt;
import dev.sluice.message.StagedJob;
import io.vertx.core.Future;
import java.util.TreeMap;

/** Creates the input of stages for tests. */
public final class StageContexts {
    private StageContexts() {}

    /** A context without progress and without task results. */
    public static StageContext of(
            Attempt attempt, StagedJob job, Checkpoint checkpoint, CancellationToken cancellation) {
        return new StageContext(
                attempt,
                job,
                ProgressListener.noop(),
                cancellation,
                checkpoint,
                () -> Future.succeededFuture(new TreeMap<>()));
    }
}
