package dev.sluice.persistence.run;

import dev.sluice.job.Attempt;
import dev.sluice.message.StagedJob;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * The right to work on a run until its lease ends.
 *
 * @param firstSeq the first of the 1,000,000 sequence numbers that updates of this attempt use
 * @param minProgress percent; the highest progress of the job so far, below which no update may go
 * @param checkpoint state that an earlier attempt saved, see {@link RunSettlement#saveCheckpoint}
 * @param lastFailure of the attempt before this one, if any failed
 * @param job as stored; the delivered message may be older than a restart of the job
 */
public record Claim(
        Attempt attempt,
        long firstSeq,
        int minProgress,
        Optional<JsonObject> checkpoint,
        Optional<Failure> lastFailure,
        StagedJob job) {
    /** How many sequence numbers one claim has. */
    public static final long SEQUENCE_BLOCK = 1_000_000;

    /**
     * A failed attempt.
     *
     * @param worker which made it
     */
    public record Failure(String message, String worker) {}

    /** The claim with a changed job. */
    public Claim withJob(StagedJob changed) {
        return new Claim(attempt, firstSeq, minProgress, checkpoint, lastFailure, changed);
    }

    /** The claim of a run without failed attempts. */
    public Claim(Attempt attempt, long firstSeq, int minProgress, Optional<JsonObject> checkpoint, StagedJob job) {
        this(attempt, firstSeq, minProgress, checkpoint, Optional.empty(), job);
    }
}
