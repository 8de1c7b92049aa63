package dev.sluice.persistence.control;

import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.message.StagedJob;

/**
 * A job that is ended from outside its stages.
 *
 * @param stage the one it was in, or waited for
 * @param seq the number for the update about it, above all that were given out
 * @param progress percent reached so far, below which no update may go
 * @param attempt which attempt of the stage it was, from 1
 */
public record CancelledJob(JobId jobId, StageName stage, StagedJob stagedJob, long seq, int progress, int attempt) {}
