package dev.sluice.persistence.run;

import dev.sluice.job.RunId;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.outbox.OutboxMessage;
import java.time.Duration;

/**
 * A request to execute a run.
 *
 * @param job as delivered; inserted if the job is not known yet
 * @param redelivery the delivered message, sent again when the lease of another worker ends
 * @param worker name of the claiming process
 */
public record ClaimRequest(RunId run, StagedJob job, OutboxMessage redelivery, String worker, Duration lease) {}
