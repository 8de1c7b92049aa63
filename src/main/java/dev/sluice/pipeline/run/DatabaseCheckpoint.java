package dev.sluice.pipeline.run;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.persistence.run.CommitResult;
import dev.sluice.stage.Checkpoint;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/** Stores the checkpoint of a claimed run in the database. */
record DatabaseCheckpoint(ClaimedRun run, RunServices services) implements Checkpoint {
    @Override
    public Optional<JsonObject> previous() {
        return run.claim().checkpoint();
    }

    @Override
    public Future<Void> save(JsonObject state) {
        return services.databaseRetry()
                .whileUnavailable(
                        run.context().cancellation(),
                        () -> services.runs().settlement().saveCheckpoint(run.attempt(), state))
                .compose(result -> result == CommitResult.COMMITTED
                        ? Future.succeededFuture()
                        : Future.failedFuture(new JobException(
                                ErrorCode.LEASE_LOST,
                                "Another worker claimed the run before the checkpoint was saved.")));
    }
}
