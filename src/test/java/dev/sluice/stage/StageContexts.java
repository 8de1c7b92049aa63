package dev.sluice.stage;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.job.Attempt;
import dev.sluice.message.NewJob;
import dev.sluice.message.StagedJob;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Optional;
import java.util.TreeMap;

/** Creates the input of stages for tests. */
public final class StageContexts {
    private StageContexts() {}

    /** A context of a video that is not stored anywhere; as below, and without checkpoint. */
    public static StageContext of(Attempt attempt) {
        StagedJob job = StagedJob.create(
                new NewJob(attempt.run().job(), "m", "u", "uploads/a", "a", "video/mp4", 1, Instant.EPOCH));
        return of(attempt, job, new NoCheckpoint(), new CancellationToken());
    }

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

    private record NoCheckpoint() implements Checkpoint {
        @Override
        public Optional<JsonObject> previous() {
            return Optional.empty();
        }

        @Override
        public Future<Void> save(JsonObject state) {
            return Future.succeededFuture();
        }
    }
}
