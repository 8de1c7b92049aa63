package dev.sluice.stage;

import dev.sluice.job.StageName;
import io.vertx.core.Future;

/**
 * One stage of the pipeline: a function of its message. It knows nothing of queues and acknowledgements, it may run twice
 * for the same job, and the second run changes nothing.
 */
public interface Stage {
    StageName name();

    /**
     * Does the stage's work.
     *
     * <p>Fails with {@link dev.sluice.job.JobException}; whatever else it fails with counts as a bug of ours.
     */
    Future<StageResult> run(StageContext context);
}
