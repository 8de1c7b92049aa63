package dev.sluice.pipeline.run;

import dev.sluice.broker.Delivery;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.job.RunId;
import dev.sluice.message.StagedJob;

/**
 * What belongs to one delivery of a run.
 *
 * @param job as delivered
 * @param cancellation ends the work early
 */
public record RunContext(RunId run, StagedJob job, Delivery delivery, CancellationToken cancellation) {}
