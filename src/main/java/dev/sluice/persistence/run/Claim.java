package dev.sluice.persistence.run;

import dev.sluice.job.Attempt;
import dev.sluice.message.StagedJob;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * The right to work on a run until its lease ends.
 *
 * @param firstSeq the first of the 1,000,000 sequence numbers that updates of this attempt use
 * @param progressFloor percent; the highest progress of the job so far, below which no update may go
 * @param checkpoint what an attempt before this one left, see {@link RunRepository#saveCheckpoint}
 * @param job as the database has it; the delivered message may be one of an earlier life of the job
 */
public record Claim(Attempt attempt, long firstSeq, int minProgress, Optional<JsonObject> checkpoint, StagedJob job) {
    /** How many sequence numbers one claim has. */
    public static final long SEQUENCE_BLOCK = 1_000_000;
}
