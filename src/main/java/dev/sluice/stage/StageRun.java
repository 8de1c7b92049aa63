package dev.sluice.stage;

import dev.sluice.common.async.Cancellation;
import dev.sluice.common.async.Progress;
import dev.sluice.job.Attempt;
import dev.sluice.message.StagedJob;

/** What a stage gets to work on: the job, whose attempt this is, where to tell progress, who may stop it. */
public record StageRun(
        Attempt attempt, StagedJob job, Progress progress, Cancellation cancellation, Checkpoint checkpoint) {}
