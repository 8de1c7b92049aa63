package dev.sluice.persistence.progress;

import dev.sluice.job.Attempt;

/**
 * Progress that a run reports.
 *
 * @param progress percent of the job, of a run that is all of its stage
 * @param share how much of the run is done, 0 to 1
 */
public record ProgressReport(Attempt attempt, int progress, double fraction) {
    /** Of a run that is all of its stage. */
    public ProgressReport(Attempt attempt, int progress) {
        this(attempt, progress, 0);
    }
}
