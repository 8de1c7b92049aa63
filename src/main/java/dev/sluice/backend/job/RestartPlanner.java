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
 * Determines where a failed job restarts. Its artifacts were deleted when it failed. Download and processing fetch the source
 * and restart themselves; later stages need artifacts of processing, so the job restarts at processing.
 */
final class RestartPlanner {
    private static final Set<ErrorCode> PLAN_FAILURES =
            Set.of(ErrorCode.FILES_MISSING, ErrorCode.INVALID_MESSAGE, ErrorCode.MESSAGE_TOO_LARGE);

    private RestartPlanner() {}

    /** @throws JobException {@code FILES_MISSING} if the source cannot be fetched; see {@link #isPlanFailure} */
    static JobRestart plan(FailedJob failed) {
        boolean needsArtifacts = failed.lastStage().compareTo(StageName.PROCESSING) > 0;
        StageName start = needsArtifacts ? StageName.PROCESSING : failed.lastStage();
        if (failed.message().s3Key().isEmpty()) {
            throw new JobException(
                    ErrorCode.FILES_MISSING,
                    "The job cannot be restarted: its files were deleted, and its message has no s3Key to fetch the source.");
        }
        StagedJob message = needsArtifacts ? failed.message().forStage(start) : failed.message();
        return new JobRestart(start, message, StageMessages.toStage(start, message));
    }

    /** Whether the plan failed, and not the database. */
    static boolean isPlanFailure(JobException failure) {
        return PLAN_FAILURES.contains(failure.code());
    }
}
