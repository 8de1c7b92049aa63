package dev.sluice.persistence.progress;

import dev.sluice.job.Attempt;

/**
 * Progress that a run reports.
 *
 * @param progress percent of the job; ignored for a task of a stage
 * @param fraction completed part of the run, 0 to 1; used for a task of a stage only
 */
public record ProgressReport(Attempt attempt, int progress, double fraction) {}
