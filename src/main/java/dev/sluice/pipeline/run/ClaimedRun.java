package dev.sluice.pipeline.run;

import dev.sluice.job.Attempt;
import dev.sluice.job.Cost;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.run.Claim;
import dev.sluice.pipeline.metrics.RunOutcomeRecorder;

/** A run that this worker has claimed. */
record ClaimedRun(RunContext context, Claim claim, RunUpdates updates, RunOutcomeRecorder recorder) {
    Attempt attempt() {
        return claim.attempt();
    }

    /** What this attempt has used so far. */
    Cost cost() {
        return context.cancellation().cost().total();
    }

    /** The staged job as stored; the delivered message may be older than a restart of the job. */
    StagedJob job() {
        return claim.job();
    }
}
