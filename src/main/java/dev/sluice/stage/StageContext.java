package dev.sluice.stage;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.job.Attempt;
import dev.sluice.message.StagedJob;

/** What a stage gets to work on: the job, whose attempt this is, where to tell progress, who may stop it. */
public record StageContext(
        Attempt attempt,
        StagedJob job,
        ProgressListener progress,
        CancellationToken cancellation,
        Checkpoint checkpoint) {}
