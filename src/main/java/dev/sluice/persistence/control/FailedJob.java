package dev.sluice.persistence.control;

import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.message.StagedJob;

/**
 * A failed job that is being restarted.
 *
 * @param lastStage the stage that failed, or that the job waited for when it was cancelled
 * @param message the staged job as that stage received it
 */
public record FailedJob(JobId id, StageName lastStage, StagedJob message) {}
