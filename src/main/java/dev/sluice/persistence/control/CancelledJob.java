package dev.sluice.persistence.control;

import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.message.StagedJob;

/**
 * A job that is being cancelled.
 *
 * @param stage the stage in progress, or the next one
 * @param seq sequence number of its update, higher than all earlier ones
 * @param progress percent; the minimum of its update
 * @param attempt attempt of the stage, from 1
 */
public record CancelledJob(JobId jobId, StageName stage, StagedJob stagedJob, long seq, int progress, int attempt) {}
