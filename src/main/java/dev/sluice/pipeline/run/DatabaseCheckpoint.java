package dev.sluice.pipeline.run;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.persistence.run.Claim;
import dev.sluice.persistence.run.RunRepository;
import dev.sluice.stage.Checkpoint;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/** The checkpoint of a claimed run, in the database. */
record DatabaseCheckpoint(RunRepository runs, Claim claim, DatabaseRetry databaseRetry) implements Checkpoint {
    @Override
    public Optional<JsonObject> previous() {
        return claim.checkpoint();
    }

    @Override
    public Future<Void> save(JsonObject state) {
        return databaseRetry
                .retryWhileUnavailable(() -> runs.saveCheckpoint(claim.attempt(), state))
                .compose(mine -> mine
                        ? Future.succeededFuture()
                        : Future.failedFuture(new JobException(
                                ErrorCode.LEASE_LOST, "The run went to another worker before its results were kept.")));
    }
}
