package dev.sluice.persistence.control;

import dev.sluice.job.StageName;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.outbox.OutboxMessage;

/**
 * Where a failed job starts again.
 *
 * @param stage this one and those after it run again
 * @param first the message that starts it
 */
public record JobRestart(StageName stage, StagedJob job, OutboxMessage message) {}
