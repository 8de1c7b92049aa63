package dev.sluice.persistence.run;

import dev.sluice.job.Attempt;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.message.JobUpdate;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.outbox.OutboxMessage;
import dev.sluice.persistence.progress.ProgressReport;
import dev.sluice.persistence.progress.ProgressRepository;
import dev.sluice.persistence.progress.RecordedProgress;
import dev.sluice.persistence.usertable.UserTables;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Function;

/**
 * Runs of stages: who works on which, until when, and how it ended. What an attempt writes takes effect only while it holds
 * the run; every method that gives {@code false} has then changed nothing at all. An ending may be asked for again when its
 * answer was lost: it gives {@code true} once more, and takes effect once.
 */
public final class RunRepository {
    private final ClaimTransaction claims;
    private final LeaseRepository leases;
    private final ProgressRepository progress;
    private final TaskResultRepository taskResults;
    private final RunSettlement settlement;

    /** @param route what message an update is */
    public RunRepository(Database database, UserTables tables, Function<JobUpdate, OutboxMessage> route) {
        this.claims = new ClaimTransaction(database, tables, route);
        this.leases = new LeaseRepository(database);
        this.progress = new ProgressRepository(database);
        this.taskResults = new TaskResultRepository(database);
        this.settlement = new RunSettlement(database, tables, route);
    }

    /**
     * Asks for a run. A granted claim makes the job known where it was not, and the start update leaves in the same
     * transaction; of a job that was known the claim has the message as the database has it. A run whose last worker let its
     * lease end is claimed like a waiting one, and that attempt counts.
     *
     * @param again the delivered message as it came; it is put off until the lease's end when another worker holds the run
     * @param announce gives the start update for a claim
     */
    public Future<ClaimResult> claim(
            RunId run,
            StagedJob job,
            OutboxMessage again,
            String worker,
            Duration lease,
            Function<Claim, JobUpdate> outboxNotifier) {
        return claims.claim(new ClaimRequest(run, job, again, worker, lease, outboxNotifier));
    }

    /** How long a run is still somebody's unless that one renews its lease; zero when it is nobody's. */
    public Future<Duration> leaseRemaining(RunId run) {
        return leases.remaining(run);
    }

    /** Renews the leases of these attempts in one statement; gives those that still hold their run. */
    public Future<Set<Attempt>> renew(Collection<Attempt> attempts, Duration lease) {
        return leases.renew(attempts, lease);
    }

    /** Those of these jobs that were cancelled. */
    public Future<Set<JobId>> findCancelled(Collection<JobId> jobs) {
        return leases.findCancelled(jobs);
    }

    /**
     * Raises the progress of the jobs, and gives what may be told of those whose attempts still hold their run; of a job that
     * is worked on in tasks, one. Of several ticks of one attempt the highest counts.
     */
    public Future<List<RecordedProgress>> recordProgress(List<ProgressReport> ticks) {
        return progress.record(ticks);
    }

    /** Ends a run well: result, job, user's tables, the next stage's message and the update, all or nothing. */
    public Future<Boolean> commit(Attempt attempt, StageCompletion done) {
        return settlement.commit(attempt, done);
    }

    /**
     * Ends one task of a stage well: its result, the user's tables, the next task's message or, after the last, the join's, and the
     * update, all or nothing.
     */
    public Future<Boolean> commit(Attempt attempt, TaskCompletion done) {
        return settlement.commit(attempt, done);
    }

    /** The results of a stage's runs that are done, by task. */
    public Future<SortedMap<Integer, JsonObject>> taskResults(JobId job, StageName stage) {
        return taskResults.find(job, stage);
    }

    /**
     * Ends the job as failed.
     *
     * @param deadLetter makes the dead letter, if there is to be one, of the run's history: its attempts that did not end
     *     well, oldest first, this one included
     */
    public Future<Boolean> fail(
            Attempt attempt,
            JobException failure,
            JobUpdate update,
            Optional<Function<JsonArray, OutboxMessage>> deadLetter) {
        return settlement.fail(attempt, failure, update, deadLetter);
    }

    /** Gives the run free and has {@code again} bring the message back after {@code delay}. */
    public Future<Boolean> retryLater(Attempt attempt, JobException failure, Duration delay, OutboxMessage again) {
        return settlement.retryLater(attempt, failure, again.delayedBy(delay));
    }

    /**
     * Gives the run free as if it had not been tried, and has {@code again} bring the message back after {@code delay}: this
     * host cannot do it now.
     */
    public Future<Boolean> defer(Attempt attempt, Duration delay, OutboxMessage again) {
        return settlement.defer(attempt, again.delayedBy(delay));
    }

    /** Keeps what the next attempt will find in its {@link Claim} should this one not get to its end. */
    public Future<Boolean> saveCheckpoint(Attempt attempt, JsonObject checkpoint) {
        return settlement.saveCheckpoint(attempt, checkpoint);
    }

    /** Gives the run free as if it had not been tried; the caller gives the delivery back to the broker. */
    public Future<Boolean> release(Attempt attempt) {
        return settlement.release(attempt);
    }
}
