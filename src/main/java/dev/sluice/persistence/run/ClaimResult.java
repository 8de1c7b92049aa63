package dev.sluice.persistence.run;

import dev.sluice.message.JobUpdate;
import java.time.Duration;

/** The result of a claim. */
public sealed interface ClaimResult {
    /**
     * The run is claimed.
     *
     * @param started the update that the transaction of the claim committed, with the first sequence number of the claim
     * @param waited since the message of the run was due
     * @param sinceLeaseExpired since the lease of the previous worker expired; zero: there was none
     */
    record Granted(Claim claim, JobUpdate started, Duration waited, Duration sinceLeaseExpired)
            implements ClaimResult {}

    /** Another worker holds the lease for {@code remaining}; the message is sent again after that. */
    record LeasedElsewhere(Duration remaining) implements ClaimResult {}

    /** The run is completed, its job has ended, or the message is older than a restart of the job. */
    record AlreadyFinished() implements ClaimResult {}
}
