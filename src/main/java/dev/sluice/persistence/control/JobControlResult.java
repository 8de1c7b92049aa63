package dev.sluice.persistence.control;

import dev.sluice.job.StageName;
import dev.sluice.persistence.job.JobStatus;
import java.util.Optional;

/** What came of a person's hand on a job. */
public sealed interface JobControlResult {
    /** It is done; {@code stage} is where the job stopped, or where it starts again. */
    record Applied(StageName stage) implements JobControlResult {}

    /** The job stands otherwise than it has to for this; nothing was changed. */
    record Conflict(JobStatus.State state, Optional<String> errorCode) implements JobControlResult {}

    /** No worker has seen a job of this id. */
    record JobNotFound() implements JobControlResult {}
}
