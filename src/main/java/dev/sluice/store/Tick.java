package dev.sluice.store;

import dev.sluice.job.Attempt;

/**
 * Progress that a run reports.
 *
 * @param progress percent of the job
 */
public record Tick(Attempt attempt, int progress) {}
