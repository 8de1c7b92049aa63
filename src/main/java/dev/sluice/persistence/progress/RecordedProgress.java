package dev.sluice.persistence.progress;

import dev.sluice.job.Attempt;
import java.util.Optional;

/**
 * Progress of a job as recorded, to be published.
 *
 * @param attempt that reported
 * @param progress percent of the job; never decreases
 * @param stageProgress of all tasks, if the attempt is at a task of a stage
 */
public record RecordedProgress(Attempt attempt, int progress, Optional<StageProgress> stageProgress) {
    /**
     * Progress of all tasks of a stage together.
     *
     * @param seq sequence number for the update
     * @param fraction completed part of the stage, 0 to 1
     * @param elapsedSeconds since the first task was started
     */
    public record StageProgress(long seq, double fraction, double elapsedSeconds) {}
}
