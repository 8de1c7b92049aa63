package dev.sluice.persistence.control;

import dev.sluice.job.StageName;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.outbox.OutboxMessage;

/**
 * The restart of a failed job.
 *
 * @param stage the first stage that runs again
 * @param message starts that stage
 */
public record JobRestart(StageName stage, StagedJob job, OutboxMessage message) {}
