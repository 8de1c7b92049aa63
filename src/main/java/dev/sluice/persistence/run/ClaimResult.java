package dev.sluice.persistence.run;

import java.time.Duration;

/** What came of asking for a run. */
public sealed interface ClaimResult {
    /** The run is ours. */
    record Granted(Claim claim) implements ClaimResult {}

    /** The run is done, or its job has ended: the delivery may be acknowledged. */
    record AlreadyFinished() implements ClaimResult {}

    /** Another worker has it; the message comes back after {@code remaining}: the delivery may be acknowledged. */
    record LeasedElsewhere(Duration remaining) implements ClaimResult {}
}
