package dev.sluice.persistence.progress;

import dev.sluice.job.Attempt;
import java.util.Optional;

/**
 * Progress of a job as it may be told.
 *
 * @param attempt that reported
 * @param progress percent of the job, never lower than before
 * @param overall of a stage that is done in tasks
 */
public record RecordedProgress(Attempt attempt, int progress, Optional<StageProgress> stageProgress) {
    /** Of a stage that is done in one piece. */
    public RecordedProgress(Attempt attempt, int progress) {
        this(attempt, progress, Optional.empty());
    }

    /**
     * How far all tasks of a stage are together.
     *
     * @param seq the number that an update is to carry
     * @param share how much is done, 0 to 1
     * @param elapsedSeconds since the first of them was begun
     */
    public record StageProgress(long seq, double share, double elapsedSeconds) {}
}
