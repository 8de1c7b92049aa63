package dev.sluice.persistence.control;

import dev.sluice.job.StageName;
import dev.sluice.persistence.job.JobView;
import java.util.Optional;

/** What came of a person's hand on a job. */
public sealed interface InterventionOutcome {
    /** It is done; {@code stage} is where the job stopped, or where it starts again. */
    record Done(StageName stage) implements InterventionOutcome {}

    /** The job stands otherwise than it has to for this; nothing was changed. */
    record NotNow(JobView.State state, Optional<String> errorCode) implements InterventionOutcome {}

    /** No worker has seen a job of this id. */
    record Unknown() implements InterventionOutcome {}
}
