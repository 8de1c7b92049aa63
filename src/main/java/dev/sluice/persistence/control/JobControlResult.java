package dev.sluice.persistence.control;

import dev.sluice.job.StageName;
import dev.sluice.persistence.job.JobStatus;
import java.util.Optional;

/** Result of a cancel or retry operation. */
public sealed interface JobControlResult {
    /**
     * The operation was applied.
     *
     * @param stage where the job was cancelled, or is restarted
     */
    record Applied(StageName stage) implements JobControlResult {}

    /** The state of the job does not allow the operation. Nothing was changed. */
    record Conflict(JobStatus.State state, Optional<String> errorCode) implements JobControlResult {}

    /** No worker has received this job. */
    record JobNotFound() implements JobControlResult {}
}
