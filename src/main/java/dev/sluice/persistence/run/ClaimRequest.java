package dev.sluice.persistence.run;

import dev.sluice.job.RunId;
import dev.sluice.message.JobUpdate;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.outbox.OutboxMessage;
import java.time.Duration;
import java.util.function.Function;

/** Who asks for which run, with what. */
record ClaimRequest(
        RunId run,
        StagedJob job,
        OutboxMessage redelivery,
        String worker,
        Duration lease,
        Function<Claim, JobUpdate> startedUpdate) {}
