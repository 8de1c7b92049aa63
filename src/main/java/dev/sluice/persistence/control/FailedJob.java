package dev.sluice.persistence.control;

import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.message.StagedJob;

/**
 * A failed job that somebody wants to start again.
 *
 * @param stoppedIn the stage that failed, or that it waited for when it was cancelled
 * @param message the staged job as that stage got it
 */
public record FailedJob(JobId id, StageName lastStage, StagedJob message) {}
