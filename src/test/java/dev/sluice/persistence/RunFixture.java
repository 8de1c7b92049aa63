package dev.sluice.persistence;

import dev.sluice.job.Attempt;
import dev.sluice.job.Cost;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.job.RunId;
import dev.sluice.message.JobUpdate;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.outbox.OutboxMessage;
import dev.sluice.persistence.progress.ProgressReport;
import dev.sluice.persistence.progress.ProgressRepository;
import dev.sluice.persistence.progress.RecordedProgress;
import dev.sluice.persistence.run.ClaimRequest;
import dev.sluice.persistence.run.ClaimResult;
import dev.sluice.persistence.run.CommitResult;
import dev.sluice.persistence.run.RunStore;
import dev.sluice.persistence.run.StageCompletion;
import dev.sluice.persistence.run.TaskCompletion;
import dev.sluice.persistence.usertable.UserTables;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Claims and settles runs in tests; a settlement gives true if it was committed, false if it was fenced. */
public record RunFixture(RunStore store, ProgressRepository progress) {
    /** What each settled attempt has used. */
    public static final Cost COST = new Cost(Duration.ofMillis(1500), Duration.ofSeconds(2), 1, 2, 3, 4, 5);

    static RunFixture of(Database database, UserTables tables) {
        return new RunFixture(
                RunStore.of(database, tables, Samples::toOutboxMessage), new ProgressRepository(database));
    }

    public Future<ClaimResult> claim(
            RunId run, StagedJob job, OutboxMessage redelivery, String worker, Duration lease) {
        return store.claims().claim(new ClaimRequest(run, job, redelivery, worker, lease));
    }

    public Future<Boolean> commit(Attempt attempt, StageCompletion completion) {
        return committed(store.settlement().complete(attempt, completion, COST));
    }

    public Future<Boolean> commit(Attempt attempt, TaskCompletion completion) {
        return committed(store.settlement().complete(attempt, completion, COST));
    }

    public Future<Boolean> fail(
            Attempt attempt,
            JobException failure,
            JobUpdate update,
            Optional<Function<JsonArray, OutboxMessage>> deadLetter) {
        return committed(store.settlement().fail(attempt, failure, update, deadLetter, COST));
    }

    public Future<Boolean> retryLater(Attempt attempt, JobException failure, Duration delay, OutboxMessage redelivery) {
        return committed(store.settlement().retryLater(attempt, failure, redelivery.delayedBy(delay), COST));
    }

    public Future<Boolean> defer(Attempt attempt, Duration delay, OutboxMessage redelivery) {
        return committed(store.settlement().defer(attempt, redelivery.delayedBy(delay), COST));
    }

    public Future<Boolean> release(Attempt attempt) {
        return committed(store.settlement().release(attempt, COST));
    }

    public Future<Boolean> saveCheckpoint(Attempt attempt, JsonObject checkpoint) {
        return committed(store.settlement().saveCheckpoint(attempt, checkpoint));
    }

    public Future<Set<Attempt>> renew(Collection<Attempt> attempts, Duration lease) {
        return store.leases().renew(attempts, lease);
    }

    public Future<Set<JobId>> findCancelled(Collection<JobId> jobs) {
        return store.leases().findCancelled(jobs);
    }

    public Future<List<RecordedProgress>> recordProgress(List<ProgressReport> reports) {
        return progress.record(reports);
    }

    private static Future<Boolean> committed(Future<CommitResult> settled) {
        return settled.map(result -> result == CommitResult.COMMITTED);
    }
}
