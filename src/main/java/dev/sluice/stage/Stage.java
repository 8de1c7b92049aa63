package dev.sluice.stage;

import dev.sluice.job.StageName;
import dev.sluice.message.StagedJob;
import io.vertx.core.Future;

/**
 * One stage of the pipeline: a function of its message, without knowledge of queues and acknowledgements. It must be idempotent:
 * a second run for the same job changes nothing.
 */
public interface Stage {
    StageName name();

    /**
     * Executes the stage.
     *
     * <p>Fails with {@link dev.sluice.job.JobException}; any other failure is treated as an internal error.
     */
    Future<StageResult> run(StageContext context);

    /** Is called when a task of this stage has been committed. Never fails. */
    default Future<Void> taskCommitted(StagedJob job) {
        return Future.succeededFuture();
    }
}
