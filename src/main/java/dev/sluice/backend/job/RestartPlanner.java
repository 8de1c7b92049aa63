package dev.sluice.backend.job;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.StageName;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.control.FailedJob;
import dev.sluice.persistence.control.JobRestart;
import dev.sluice.routing.StageMessages;
import java.util.Set;

/**
 * Where a failed job goes on. Its files went when it failed: download and processing fetch the source themselves, so they
 * start where they stopped; what comes later needs what processing or its tasks made, so processing begins again.
 */
final class RestartPlanner {
    private static final Set<ErrorCode> PLAN_FAILURES =
            Set.of(ErrorCode.FILES_MISSING, ErrorCode.INVALID_MESSAGE, ErrorCode.MESSAGE_TOO_LARGE);

    private RestartPlanner() {}

    /** The plan; throws a {@link JobException} with {@code FILES_MISSING} when the source cannot be fetched any more. */
    static JobRestart plan(FailedJob failed) {
        boolean needsResults = failed.lastStage().compareTo(StageName.PROCESSING) > 0;
        StageName start = needsResults ? StageName.PROCESSING : failed.lastStage();
        if (failed.message().s3Key().isEmpty()) {
            throw new JobException(
                    ErrorCode.FILES_MISSING,
                    "The job cannot be started again: its files are gone, and its message has no s3Key to fetch the"
                            + " source again.");
        }
        StagedJob message = needsResults ? failed.message().forStage(start) : failed.message();
        return new JobRestart(start, message, StageMessages.toStage(start, message));
    }

    /** Whether it was a plan, and not the database, that failed so. */
    static boolean isPlanFailure(JobException failure) {
        return PLAN_FAILURES.contains(failure.code());
    }
}
